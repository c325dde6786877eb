import { describe, expect, test } from "vitest";
import { defineService } from "../../worker-service/service.ts";
import { shopConfig } from "../support/mesh.ts";
import { brokersUnderTest } from "../support/nats.ts";
import { call2019, callNative, meshForSuite } from "./calling.ts";
import { probe } from "./probe.ts";

/** Room for one call at a time and none waiting; the call in it stays until it is let go. */
function narrowService() {
  const entered = Promise.withResolvers<void>();
  const leaving = Promise.withResolvers<void>();
  const hold = (): Promise<void> => {
    entered.resolve();
    return leaving.promise;
  };
  const service = defineService("narrow", { hold }, { concurrency: 1, queue: 0 });
  return { service, entered: entered.promise, letGo: leaving.resolve };
}

const roleIsAdmin = {
  rule: "match",
  type: "string",
  eval: "==",
  f1: "args.auth.role",
  f2: "admin",
  message: "for admins only",
};

describe.each(brokersUnderTest())("what callers are told, broker: %s", (kind) => {
  const config = shopConfig({
    probe: { default: "allow", closed: "deny", authed: "authenticated", admin: roleIsAdmin, away: "allow" },
    narrow: { hold: "allow" },
    empty: { default: "allow" },
  });
  const narrow = narrowService();
  const mesh = meshForSuite({ kind, config, services: [probe, narrow.service] });

  /** Status, headers and body of the same call on both paths. */
  async function onBoth(name: string, token?: string) {
    const request = { body: '{"params":{}}', ...(token !== undefined && { token }) };
    const [native, old] = await Promise.all([callNative(mesh(), name, request), call2019(mesh(), name, request)]);
    expect(old.headers.get("Content-Type")).toBe("application/json; charset=utf-8");
    return { native, problem: await native.json(), old, error: await old.json() };
  }

  test("a problem document says all there is to say, under its own media type", async () => {
    const response = await callNative(mesh(), "probe/authed", {
      body: "1",
      headers: { traceparent: `00-${"ab".repeat(16)}-${"cd".repeat(8)}-01` },
    });
    expect(response.headers.get("Content-Type")).toBe("application/problem+json");
    expect(await response.json()).toEqual({
      type: "https://functionsmesh.dev/problems/unauthenticated",
      title: "The token is missing or not valid",
      status: 401,
      detail: "no token was sent",
      code: "unauthenticated",
      instance: expect.stringMatching(/^urn:fmesh:call:[0-9a-f]{32}$/),
      traceId: "ab".repeat(16),
    });
  });

  test("without a token: 401 with its challenge, 403 on the path of 2019", async () => {
    const { native, problem, old, error } = await onBoth("probe/authed");
    expect([native.status, old.status]).toEqual([401, 403]);
    expect(native.headers.get("WWW-Authenticate")).toMatch(/^Bearer realm="[^"]+"/);
    expect(problem).toMatchObject({ code: "unauthenticated" });
    expect(error).toEqual({ error: "no token was sent" });
  });

  test("with a token that is not good: 401 saying that it is invalid, 403 on the path of 2019", async () => {
    const { native, old } = await onBoth("probe/authed", "abc.def.ghi");
    expect([native.status, old.status]).toEqual([401, 403]);
    expect(native.headers.get("WWW-Authenticate")).toContain('error="invalid_token"');
  });

  test("refused by the rule: 403 with the rule's message", async () => {
    const { native, problem, old, error } = await onBoth("probe/admin", await mesh().token({ role: "user" }));
    expect([native.status, old.status]).toEqual([403, 403]);
    expect(problem).toMatchObject({ code: "forbidden", detail: "for admins only" });
    expect(error).toEqual({ error: "for admins only" });
    expect(native.headers.get("WWW-Authenticate")).toBeNull();
  });

  test("refused by a rule without a message: 403 naming the function", async () => {
    const { problem, error } = await onBoth("probe/closed", await mesh().token());
    expect(problem).toMatchObject({ status: 403, detail: 'the rule of "probe.closed" refuses this call' });
    expect(error).toEqual({ error: 'the rule of "probe.closed" refuses this call' });
  });

  test("no rule at all: 403, with a token or without", async () => {
    for (const token of [undefined, await mesh().token()]) {
      const { native, old, problem } = await onBoth("unheard/of", token);
      expect([native.status, old.status]).toEqual([403, 403]);
      expect(problem).toMatchObject({ code: "forbidden" });
    }
  });

  test("configured but served by nobody: 503 with Retry-After, 500 on the path of 2019, and quickly", async () => {
    const startedAt = performance.now();
    const { native, problem, old, error } = await onBoth("probe/away");
    expect([native.status, old.status]).toEqual([503, 500]);
    expect(native.headers.get("Retry-After")).toBe("1");
    expect(problem).toMatchObject({ code: "worker_unavailable" });
    expect(error).toEqual({ error: expect.stringContaining("probe.away") });
    // A tenth of the time it would take to wait for an answer.
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });

  test("neither configured nor served: 404, 500 on the path of 2019", async () => {
    const { native, problem, old, error } = await onBoth("empty/nothing");
    expect([native.status, old.status]).toEqual([404, 500]);
    expect(problem).toMatchObject({ code: "function_not_found" });
    expect(error).toEqual({ error: 'there is no function "empty.nothing": it is neither configured nor served' });
  });

  test("default is no function's name: calling it by name finds nothing", async () => {
    const { native, problem } = await onBoth("empty/default");
    expect(native.status).toBe(404);
    expect(problem).toMatchObject({ code: "function_not_found" });
  });

  test("a function that throws: 500 without its text", async () => {
    const { native, problem, old, error } = await onBoth("probe/break");
    expect([native.status, old.status]).toEqual([500, 500]);
    expect(problem).toMatchObject({ code: "function_failed", detail: "the function failed; its log has the details" });
    expect(error).toEqual({ error: "the function failed; its log has the details" });
    expect(JSON.stringify([problem, error])).not.toContain("hunter2");
  });

  test("a public error: its own status, reason and data; its text with 500 on the path of 2019", async () => {
    const { native, problem, old, error } = await onBoth("probe/refuse");
    expect([native.status, old.status]).toEqual([409, 500]);
    expect(problem).toMatchObject({
      code: "function_failed",
      status: 409,
      detail: "only 3 left",
      reason: "out_of_stock",
      data: { left: 3 },
    });
    expect(error).toEqual({ error: "only 3 left" });
  });

  test("a deadline that passes: 504 without Retry-After, since the outcome is unknown", async () => {
    const response = await callNative(mesh(), "probe/never", { headers: { "X-Request-Timeout": "0.05" } });
    expect(response.status).toBe(504);
    expect(response.headers.get("Retry-After")).toBeNull();
    expect(await response.json()).toMatchObject({ code: "deadline_exceeded" });
  });

  test("a deadline that passes: 500 on the path of 2019", async () => {
    const response = await call2019(mesh(), "probe/never", { body: '{"timeout":0.05}' });
    expect(response.status).toBe(500);
    expect(await response.json()).toEqual({ error: expect.stringContaining("within 50 ms") });
  });

  test("a worker that has no room: 503 with Retry-After, 500 on the path of 2019", async () => {
    const holding = callNative(mesh(), "narrow/hold");
    await narrow.entered;
    const { native, problem, old, error } = await onBoth("narrow/hold");
    expect([native.status, old.status]).toEqual([503, 500]);
    expect(native.headers.get("Retry-After")).toBe("1");
    expect(problem).toMatchObject({ code: "overloaded" });
    expect(error).toEqual({ error: "the worker's queue is full" });
    narrow.letGo();
    expect((await holding).status).toBe(204);
  });
});
