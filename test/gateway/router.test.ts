import { Hono } from "hono";
import { describe, expect, test } from "vitest";
import { createGateway } from "../../gateway/app.ts";
import type { CallParts } from "../../gateway/call-path.ts";
import { CALL_PATHS, addCalls } from "../../gateway/call-routes.ts";
import { BrokerLink } from "../../gateway/mesh-link/broker-link.ts";
import { LivePolicy } from "../../gateway/policy.ts";
import { natsBroker } from "../../mesh/broker/nats-bun.ts";
import { silentLog } from "../../mesh/log.ts";

/** What a gateway is made of that nobody has configured. */
function bareParts(): CallParts {
  const policy = new LivePolicy({
    limits: { maxBodyBytes: 1, defaultTimeoutMs: 1, maxTimeoutMs: 1 },
    cors: { origins: [], credentials: false, maxAgeSeconds: 0 },
    onlyProject: undefined,
    servicesAnswer: "wrapped",
    project: () => undefined,
  });
  const broker = natsBroker({ url: "ws://127.0.0.1:9", name: "never connected", log: silentLog });
  const metrics = { observe: () => undefined, render: () => Promise.resolve({ contentType: "text/plain", text: "" }) };
  return { link: new BrokerLink({ broker }), policy, metrics, log: silentLog };
}

describe("calls", () => {
  const app = addCalls(new Hono(), bareParts());

  test("are found by one regular expression", async () => {
    expect((await app.request("/v1/api/shop/services/probe/echo", { method: "POST" })).status).toBe(403);
    expect(app.router.name).toBe("SmartRouter + RegExpRouter");
  });

  test.each(CALL_PATHS)(
    "at $route have one handler for a method, so that nothing is composed",
    ({ route, methods }) => {
      const method = methods.includes("ALL") ? "POST" : (methods[0] ?? "");
      const [handlers] = app.router.match(method, route.replaceAll(/:\w+|\*/g, "x"));
      expect(handlers.length).toBe(1);
    },
  );
});

describe("what is added beside calls", () => {
  const more = new Hono()
    .post("/v1/api/:anything/functions/:service/:function", (c) => c.text("instead of calls"))
    .get("/v1/api/socket/json", (c) => c.text("before what names no project"))
    .get("/v1/api/:project/broken", () => {
      throw new Error("password=hunter2");
    })
    .get("/broken", () => {
      throw new Error("password=hunter2");
    });
  const gateway = createGateway({ ...bareParts(), routes: [more] });
  const get = async (path: string): Promise<Response> => gateway.fetch(new Request(`http://gateway${path}`));

  test("may have patterns that overlap, and takes no call", async () => {
    expect(await (await get("/v1/api/socket/json")).text()).toBe("before what names no project");
    const call = new Request("http://gateway/v1/api/shop/functions/probe/echo", { method: "POST" });
    expect((await gateway.fetch(call)).status).toBe(403);
  });

  test.each([
    ["/v1/api/shop/broken", { error: "something went wrong on our side; the log has the details" }],
    ["/broken", expect.objectContaining({ status: 500, code: "internal" })],
  ])("fails as its clients expect when it fails, at %s", async (path, body) => {
    const response = await get(path);
    expect([response.status, await response.json()]).toEqual([500, body]);
  });
});
