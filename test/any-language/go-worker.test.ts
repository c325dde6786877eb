import { beforeEach, describe, expect, test } from "vitest";
import { functionSubject } from "../../mesh/subjects.ts";
import { type CallRequest, callNative, meshForSuite } from "../gateway/calling.ts";
import type { RunningCommand } from "../support/fmesh.ts";
import { useGoPrograms } from "../support/go.ts";
import { PROJECT, shopConfig } from "../support/mesh.ts";
import { brokersUnderTest } from "../support/nats.ts";
import { startForeignWorker } from "./foreign-worker.ts";

const program = useGoPrograms("worker");

describe.each(brokersUnderTest())("a worker in Go over %s", (kind) => {
  const mesh = meshForSuite({ kind, config: shopConfig({ greeter: { default: "authenticated", brew: "allow" } }) });
  let worker: RunningCommand;
  beforeEach(async () => {
    worker = await startForeignWorker([program("worker")], mesh());
  });

  const call = async (name: string, params: unknown, request: CallRequest = {}): Promise<Response> => {
    const token = await mesh().token();
    return callNative(mesh(), `greeter/${name}`, { body: JSON.stringify(params), token, ...request });
  };

  test("answers with JSON and knows the caller's claims", async () => {
    const response = await call("greet", { name: "Ada" });
    expect(response.status).toBe(200);
    expect(response.headers.get("Content-Type")).toBe("application/json");
    expect(await response.json()).toEqual({ greeting: "Hello, Ada", for: "u1", from: "go" });
  });

  test("its public errors arrive with status, reason and data", async () => {
    const response = await call("greet", {});
    expect([response.status, response.headers.get("Content-Type")]).toEqual([422, "application/problem+json"]);
    expect(await response.json()).toMatchObject({
      code: "function_failed",
      detail: "whom shall I greet?",
      reason: "name_missing",
      data: { field: "name" },
    });
  });

  test("a code of the mesh in its error is understood", async () => {
    const response = await call("greet", { name: 1 });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: "invalid_request" });
  });

  test("what else goes wrong is in its log and hidden from the caller", async () => {
    const response = await call("quote", { item: "tea" });
    expect(response.status).toBe(500);
    expect(await response.json()).toMatchObject({
      code: "function_failed",
      detail: "the function failed; its log has the details",
    });
    await worker.until(/fn\.shop\.greeter\.quote failed: calling catalog\.price: .*no responders/);
  });

  test("a call whose caller goes away is cancelled", async () => {
    const leaving = new AbortController();
    const called = fetch(`${mesh().url}/v1/call/${PROJECT}/greeter/brew`, {
      method: "POST",
      body: JSON.stringify({ ms: 60_000 }),
      signal: leaving.signal,
    });
    await worker.until(/brewing/);
    leaving.abort();
    await expect(called).rejects.toThrow("abort");
    await worker.until(/brewing ended: context canceled/);
  });

  test("a call ends when the caller's time is over", async () => {
    const response = await call("brew", { ms: 60_000 }, { headers: { "X-Request-Timeout": "0.5" } });
    expect(response.status).toBe(504);
    await worker.until(/brewing ended/);
  });

  test("the deadline header alone ends a call, and one that is past does not let it begin", async () => {
    const payload = new TextEncoder().encode(JSON.stringify({ ms: 60_000 }));
    const subject = functionSubject({ project: PROJECT, service: "greeter", function: "brew" });
    const ask = async (deadlineMs: number): Promise<string | undefined> => {
      const headers = { "Fmesh-Call-Id": crypto.randomUUID(), "Fmesh-Deadline": String(deadlineMs) };
      const reply = await mesh().workers.request(subject, { payload, headers }, { timeoutMs: 15_000 });
      return reply.headers["Nats-Service-Error-Code"];
    };
    expect(await ask(Date.now() - 1)).toBe("504");
    expect(worker.output()).not.toContain("brewing");
    expect(await ask(Date.now() + 100)).toBe("504");
    expect(worker.output()).toContain("brewing ended: context deadline exceeded");
  });
});
