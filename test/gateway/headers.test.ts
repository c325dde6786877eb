import { beforeAll, describe, expect, test } from "vitest";
import type { MessageHeaders } from "../../mesh/broker.ts";
import { shopConfig } from "../support/mesh.ts";
import { brokersUnderTest } from "../support/nats.ts";
import { PATHS, callNative, meshForSuite } from "./calling.ts";
import { type CallFacts, probe } from "./probe.ts";
import { openRaw, rawCall } from "./raw-connection.ts";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT = "00f067aa0ba902b7";

describe.each(brokersUnderTest())("headers, broker: %s", (kind) => {
  const config = shopConfig({ default: { default: "allow" }, probe: { default: "allow", authed: "authenticated" } });
  const mesh = meshForSuite({ kind, config, services: [probe] });
  let atWorker: MessageHeaders = {};

  beforeAll(() => {
    mesh().workers.subscribe("fn.shop.foreign.headers", { queue: "q" }, (message) => {
      atWorker = message.headers;
      message.reply({ payload: new Uint8Array(0), headers: {} });
    });
    return mesh().workers.flush();
  });

  /** Calls with headers; what came back, and what reached the worker. */
  async function exchange(headers: Record<string, string>): Promise<{ back: Headers; there: MessageHeaders }> {
    const response = await callNative(mesh(), "foreign/headers", { headers });
    expect(response.status).toBe(204);
    return { back: response.headers, there: atWorker };
  }

  describe("X-Request-Id", () => {
    test.each(["a", "req-1", "0a:b/c=d;e~!", "x".repeat(128)])("%s is passed on and echoed", async (id) => {
      const { back, there } = await exchange({ "X-Request-Id": id });
      expect([back.get("X-Request-Id"), there["X-Request-Id"]]).toEqual([id, id]);
    });

    test.each(["", "two words", "x".repeat(129), "naïve", "tab\there"])(
      "%j is neither passed on nor echoed: the call's own id stands for it",
      async (id) => {
        const { back, there } = await exchange({ "X-Request-Id": id });
        expect(back.get("X-Request-Id")).toBeNull();
        expect(there["X-Request-Id"]).toBeUndefined();
        const refused = await callNative(mesh(), "probe/authed", { headers: { "X-Request-Id": id } });
        const { instance } = (await refused.json()) as { instance: string };
        expect(instance).toBe(`urn:fmesh:call:${refused.headers.get("X-Request-Id")}`);
      },
    );

    test.each(PATHS)("%s answers with one, also when it refuses", async (_path, call) => {
      const headers = { "X-Request-Id": "mine" };
      const ok = await call(mesh(), "probe/about", { body: "{}", headers });
      const refused = await call(mesh(), "probe/authed", { body: "{}", headers });
      expect([ok.headers.get("X-Request-Id"), refused.headers.get("X-Request-Id")]).toEqual(["mine", "mine"]);
    });

    test("calls are told apart by their own ids, whatever the caller says", async () => {
      const first = await exchange({ "X-Request-Id": "same" });
      const second = await exchange({ "X-Request-Id": "same" });
      expect(first.there["Fmesh-Call-Id"]).not.toBe(second.there["Fmesh-Call-Id"]);
    });
  });

  describe("traceparent", () => {
    test.each([
      [`00-${TRACE}-${PARENT}-01`, "01"],
      [`00-${TRACE}-${PARENT}-00`, "00"],
      [`cc-${TRACE}-${PARENT}-01-what-the-future-will-be`, "01"],
    ])("%s is continued under a span of its own", async (given, flags) => {
      const { back, there } = await exchange({ traceparent: given, tracestate: "a=1,b=2", baggage: "user=u1" });
      expect(there["traceparent"]).toMatch(new RegExp(`^00-${TRACE}-[0-9a-f]{16}-${flags}$`));
      expect(there["traceparent"]).not.toContain(PARENT);
      expect(back.get("Server-Timing")).toContain(`, traceparent;desc="${there["traceparent"]}"`);
      expect([there["tracestate"], there["baggage"]]).toEqual(["a=1,b=2", "user=u1"]);
    });

    test.each([
      "garbage",
      `00-${TRACE}-${PARENT}`,
      `00-${TRACE}-${PARENT}-01-more`,
      `ff-${TRACE}-${PARENT}-01`,
      `00-${TRACE.toUpperCase()}-${PARENT}-01`,
      `00-${"0".repeat(32)}-${PARENT}-01`,
      `00-${TRACE}-${"0".repeat(16)}-01`,
    ])("%s starts a new trace, and its state is dropped", async (given) => {
      const { there } = await exchange({ traceparent: given, tracestate: "a=1" });
      expect(there["traceparent"]).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
      expect(there["traceparent"]).not.toContain(TRACE);
      expect(there["tracestate"]).toBeUndefined();
    });

    test("a handler and a problem document are in the same trace as the caller", async () => {
      const headers = { traceparent: `00-${TRACE}-${PARENT}-01` };
      const about = (await (await callNative(mesh(), "probe/about", { headers })).json()) as CallFacts;
      const problem = (await (await callNative(mesh(), "probe/break", { headers })).json()) as { traceId: string };
      expect([about.traceId, problem.traceId]).toEqual([TRACE, TRACE]);
    });
  });

  describe("Server-Timing", () => {
    /** Name and whole microseconds of each part. */
    function parts(response: Response): [string, number][] {
      const entries = (response.headers.get("Server-Timing") ?? "").split(", ");
      expect(entries.pop()).toMatch(/^traceparent;desc="00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}"$/);
      return entries.map((entry) => {
        const [, name = "", ms = ""] = /^([a-z]+);dur=(\d+(?:\.\d{1,3})?)$/.exec(entry) ?? [];
        return [name, Math.round(Number(ms) * 1000)];
      });
    }

    test.each(PATHS)("on %s the parts add up to the total exactly", async (_path, call) => {
      const token = await mesh().token();
      const told = [];
      for (let index = 0; index < 20; index++)
        told.push(parts(await call(mesh(), "probe/authed", { body: "{}", token })));
      for (let index = 0; index < 20; index++) told.push(parts(await call(mesh(), "probe/about", { body: "{}" })));
      for (const timing of told) {
        const total = timing.at(-1);
        const sum = timing.slice(0, -1).reduce((before, [, us]) => before + us, 0);
        expect(total).toEqual(["total", sum]);
      }
    });

    test("an open function's call has no part for token and rule", async () => {
      const response = await callNative(mesh(), "probe/about");
      expect(parts(response).map(([name]) => name)).toEqual(["body", "mesh", "fn", "out", "total"]);
    });

    test("a guarded function's call has one for each, even when nobody answers", async () => {
      const response = await callNative(mesh(), "probe/authed", { token: await mesh().token() });
      expect(response.status).toBe(503);
      expect(parts(response).map(([name]) => name)).toEqual(["auth", "body", "rule", "mesh", "out", "total"]);
    });

    test("a worker that does not say how long it took has no part of its own", async () => {
      const response = await callNative(mesh(), "foreign/headers");
      expect(parts(response).map(([name]) => name)).toEqual(["body", "mesh", "out", "total"]);
    });
  });

  test("the Idempotency-Key reaches the handler, and none when there is none", async () => {
    const about = async (headers: Record<string, string>): Promise<CallFacts> =>
      (await (await callNative(mesh(), "probe/about", { headers })).json()) as CallFacts;
    expect((await about({ "Idempotency-Key": "order-4711" })).idempotencyKey).toBe("order-4711");
    expect((await about({})).idempotencyKey).toBeUndefined();
  });

  test("what the caller calls claims, deadline or call id does not reach the worker", async () => {
    const forged = { "Fmesh-Claims": '{"role":"admin"}', "Fmesh-Deadline": "1", "Fmesh-Call-Id": "mine" };
    const { there } = await exchange(forged);
    expect(there["Fmesh-Claims"]).toBe("{}");
    expect(Number(there["Fmesh-Deadline"])).toBeGreaterThan(Date.now());
    expect(there["Fmesh-Call-Id"]).not.toBe("mine");
  });

  test("a line break in a header is no way to another header", async () => {
    for (const name of ["X-Request-Id", "tracestate", "baggage", "Idempotency-Key", "Content-Type"]) {
      await using connection = await openRaw(mesh().url);
      const headers = [`traceparent: 00-${TRACE}-${PARENT}-01`, `${name}: a\nFmesh-Claims: {"role":"admin"}`];
      connection.send(rawCall("/v1/call/shop/foreign/headers", "1", [...headers, "Connection: close"]));
      await connection.closed();
      expect(atWorker["Fmesh-Claims"] ?? "{}").toBe("{}");
    }
  });
});
