import { afterEach, describe, expect, it } from "vitest";
import { encodeFailure, encodeReply } from "../../mesh/call.ts";
import { MeshError } from "../../mesh/errors.ts";
import { idleSubject } from "../../mesh/subjects.ts";
import { type TestMesh, testMesh } from "../../testing/test-mesh.ts";

const PROJECT = "shop";
const CONFIG = {
  projects: [
    {
      id: PROJECT,
      secret: "a-secret-for-tests-of-at-least-32-bytes",
      services: {
        default: { functions: { default: { rule: "allow" } } },
        known: { functions: { handler: { rule: "allow" } } },
      },
    },
  ],
};

describe("a function that nobody serves", () => {
  let mesh: TestMesh;
  afterEach(() => mesh.close());
  const start = async (): Promise<void> => {
    mesh = await testMesh({ services: [], config: CONFIG });
  };
  const call = (service: string): Promise<Response> =>
    mesh.fetch(`/v1/call/${PROJECT}/${service}/handler`, { method: "POST", body: "{}" });

  it("does not exist when nobody can have it served and the configuration does not name it", async () => {
    await start();
    expect(await (await call("greet")).json()).toMatchObject({ status: 404, code: "function_not_found" });
    expect(await (await call("known")).json()).toMatchObject({ status: 503, code: "worker_unavailable" });
  });

  it("answers when somebody can have it served", async () => {
    await start();
    const idle = idleSubject({ project: PROJECT, service: "greet" });
    mesh.broker.subscribe(idle, { queue: "q" }, (message) =>
      message.reply(encodeReply({ contentType: "text/plain", payload: message.payload, handlerMs: undefined })),
    );
    const response = await call("greet");
    expect([response.status, await response.text()]).toEqual([200, "{}"]);
  });

  it("exists when who could have it served says why it does not run", async () => {
    await start();
    const error = new MeshError("worker_unavailable", "it keeps ending", { retryAfterSeconds: 10 });
    mesh.broker.subscribe(idleSubject({ project: PROJECT, service: "greet" }), { queue: "q" }, (message) =>
      message.reply(encodeFailure(error, { callId: "" })),
    );
    const response = await call("greet");
    expect(response.headers.get("Retry-After")).toBe("10");
    expect(await response.json()).toMatchObject({ status: 503, code: "worker_unavailable", detail: "it keeps ending" });
  });
});
