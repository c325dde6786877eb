import { describe, expect, test } from "vitest";
import { callNative, meshForSuite } from "../gateway/calling.ts";
import { useGoPrograms } from "../support/go.ts";
import { shopConfig } from "../support/mesh.ts";
import { brokersUnderTest } from "../support/nats.ts";
import { startForeignWorker } from "./foreign-worker.ts";

const program = useGoPrograms("hello");

describe.each(brokersUnderTest())("the smallest worker in Go over %s", (kind) => {
  const mesh = meshForSuite({ kind, config: shopConfig({ greeter: { greet: "authenticated" } }) });
  const greet = async (params: unknown): Promise<Response> =>
    callNative(mesh(), "greeter/greet", { body: JSON.stringify(params), token: await mesh().token() });

  test("answers calls through the gateway, with JSON and the caller's claims", async () => {
    await startForeignWorker([program("hello")], mesh());
    const response = await greet({ name: "Ada" });
    expect(response.status).toBe(200);
    expect(response.headers.get("Content-Type")).toBe("application/json");
    expect(await response.json()).toEqual({ greeting: "Hello, Ada", for: "u1" });
  });

  test("answers errors with nothing but the services headers", async () => {
    await startForeignWorker([program("hello")], mesh());
    const response = await greet({});
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({
      code: "function_failed",
      status: 422,
      detail: "whom shall I greet?",
    });
  });

  test("leaves on SIGTERM, and from then on nobody is there", async () => {
    const worker = await startForeignWorker([program("hello")], mesh());
    expect(await worker.stop("SIGTERM")).toBe(0);
    expect((await greet({ name: "Ada" })).status).toBe(503);
  });
});
