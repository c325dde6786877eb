import { describe, expect, test } from "vitest";
import { PATHS, call2019, callNative } from "../calling.ts";
import type { CallFacts } from "../probe.ts";
import { openRaw, rawCall, statuses } from "../raw-connection.ts";
import { MAX_BODY_BYTES } from "./site.ts";
import type { RuntimeUnderTest } from "./start-runtime.ts";

/** Calls that are under way at the same time. */
export const CROWD = 1000;

/** What every platform does with calls, from the request to the answer. */
export function callBehaviour(gateway: () => RuntimeUnderTest): void {
  const problem = async (response: Response): Promise<unknown> => {
    const { status, headers } = response;
    return { ...((await response.json()) as object), status, contentType: headers.get("Content-Type") };
  };

  describe("calls", () => {
    test("a value goes in and comes out, on both paths, one call after the other", async () => {
      for (const n of [1, 2, 3]) {
        const native = await callNative(gateway(), "probe/echo", { body: JSON.stringify({ n, text: "naïve ✓" }) });
        expect(native.status).toBe(200);
        expect(native.headers.get("Content-Type")).toBe("application/json");
        expect(await native.json()).toEqual({ n, text: "naïve ✓" });
        const old = await call2019(gateway(), "probe/echo", { body: `{"params":${n}}` });
        expect(await old.text()).toBe(`{"result":${n}}`);
      }
    });

    test("bytes, text, lists and nothing keep their kind", async () => {
      const bytes = await callNative(gateway(), "probe/bytes", { body: "" });
      expect([...(await bytes.bytes())]).toEqual([0, 255, 13, 10, 0]);
      const kind = await callNative(gateway(), "probe/kind", {
        body: new Uint8Array(300),
        headers: { "Content-Type": "application/octet-stream" },
      });
      expect(await kind.json()).toBe("300 bytes");
      expect(await (await callNative(gateway(), "probe/text", { body: "" })).json()).toBe("naïve ✓");
      expect(await (await callNative(gateway(), "probe/list", { body: "" })).json()).toEqual([1, "two", null]);
      expect(await (await callNative(gateway(), "probe/nothing", { body: "" })).text()).toBe("");
    });

    test("claims, ids, trace, deadline and idempotency key reach the function", async () => {
      const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
      const response = await callNative(gateway(), "probe/about", {
        body: "",
        headers: {
          traceparent: `00-${traceId}-00f067aa0ba902b7-01`,
          "X-Request-Id": "r-1",
          "X-Request-Timeout": "7",
          "Idempotency-Key": "k-1",
        },
      });
      expect(response.headers.get("X-Request-Id")).toBe("r-1");
      expect(response.headers.get("Server-Timing")).toMatch(/total;dur=[0-9.]+/);
      const facts = (await response.json()) as CallFacts;
      expect(facts).toMatchObject({ requestId: "r-1", traceId, idempotencyKey: "k-1" });
      expect(facts.leftMs).toBeGreaterThan(0);
      expect(facts.leftMs).toBeLessThanOrEqual(7000);
    });

    test(`${CROWD} calls are under way at the same time, and each gets its own answer`, async () => {
      const connections = await Promise.all(Array.from({ length: CROWD }, () => openRaw(gateway().url)));
      try {
        connections.forEach((connection, n) =>
          connection.send(rawCall("/v1/call/shop/meeting/all", String(n), ["Connection: close"])),
        );
        const answers = await Promise.all(connections.map((connection) => connection.closed()));
        expect(new Set(answers.flatMap(statuses))).toEqual(new Set([200]));
        expect(answers.every((answer, n) => new RegExp(`\\r\\n${n}(?:\\r\\n0\\r\\n\\r\\n)?$`).test(answer))).toBe(true);
      } finally {
        connections.forEach((connection) => connection.reset());
      }
    }, 40_000);

    test("a fetch handler is reached with method, path, query and headers, and its answer is its own", async () => {
      const base = `${gateway().url}/v1/http/shop/site`;
      const echo = await fetch(`${base}/echo/a%20b?x=1&x=2`, {
        method: "PUT",
        body: "text",
        headers: { "X-Own": "1" },
      });
      expect(await echo.json()).toMatchObject({
        method: "PUT",
        path: "/echo/a b",
        query: { x: ["1", "2"] },
        body: "text",
        headers: { "x-own": "1" },
      });
      const login = await fetch(`${base}/login`, { redirect: "manual" });
      expect(login.status).toBe(303);
      expect(login.headers.getSetCookie()).toHaveLength(3);
      expect((await fetch(`${base}/status/418`)).status).toBe(418);
    });

    test("health says that the process runs and that the broker is there", async () => {
      const ask = async (path: string): Promise<unknown> => (await fetch(gateway().url + path)).json();
      expect(await ask("/livez")).toEqual({ status: "ok" });
      expect(await ask("/readyz")).toEqual({ status: "ok", broker: "connected" });
    });
  });

  describe("errors", () => {
    test("what a function throws for its callers arrives as it was thrown", async () => {
      expect(await problem(await callNative(gateway(), "probe/refuse", { body: "" }))).toMatchObject({
        status: 409,
        contentType: "application/problem+json",
        code: "function_failed",
        reason: "out_of_stock",
        data: { left: 3 },
        detail: "only 3 left",
      });
    });

    test("what it throws otherwise is hidden", async () => {
      const response = await callNative(gateway(), "probe/break", { body: "" });
      expect(response.status).toBe(500);
      expect(await response.text()).not.toContain("hunter2");
      expect((await call2019(gateway(), "probe/break", { body: "{}" })).status).toBe(500);
    });

    test.each([
      ["away/now", 503, "worker_unavailable"],
      ["probe/missing", 404, "function_not_found"],
      ["no/rule", 403, "forbidden"],
      ["a.b/c", 400, "invalid_request"],
    ])("%s is answered with %d %s", async (name, status, code) => {
      const token = await gateway().token();
      const response = await callNative(gateway(), name, { body: "", token });
      expect(await problem(response)).toMatchObject({ status, code, contentType: "application/problem+json" });
      expect(response.headers.has("Retry-After")).toBe(status === 503);
    });

    test("paths and methods that are not there are told", async () => {
      expect(await problem(await fetch(`${gateway().url}/nothing`))).toMatchObject({ status: 404 });
      const get = await callNative(gateway(), "probe/echo", { method: "GET" });
      expect([get.status, get.headers.get("Allow")]).toEqual([405, "POST, OPTIONS"]);
    });

    test("a call whose time is over is answered then", async () => {
      const response = await callNative(gateway(), "probe/never", {
        body: "",
        headers: { "X-Request-Timeout": "0.3" },
      });
      expect(await problem(response)).toMatchObject({ status: 504, code: "deadline_exceeded" });
    });
  });

  describe("limits", () => {
    test.each(PATHS)("a body that is announced too large is refused on %s", async (_path, call) => {
      const response = await call(gateway(), "probe/kind", { body: new Uint8Array(MAX_BODY_BYTES + 1) });
      expect(response.status).toBe(413);
    });

    test("one that grows too large is refused", async () => {
      const response = await callNative(gateway(), "streaming/size", { body: pieces(MAX_BODY_BYTES + 1) });
      expect(await problem(response)).toMatchObject({ status: 413, code: "payload_too_large" });
    });

    test("one of exactly the limit passes", async () => {
      const response = await callNative(gateway(), "streaming/length", {
        body: new Uint8Array(MAX_BODY_BYTES),
        headers: { "Content-Type": "application/octet-stream" },
      });
      expect(await response.json()).toBe(MAX_BODY_BYTES);
    });

    test.each([
      ["X-Request-Timeout", "soon"],
      ["X-Request-Timeout", "-1"],
    ])("the header %s: %s is refused", async (name, value) => {
      const response = await callNative(gateway(), "probe/echo", { body: "1", headers: { [name]: value } });
      expect(await problem(response)).toMatchObject({ status: 400, code: "invalid_request" });
    });

    test("a body of 2019 that is no JSON is refused", async () => {
      expect((await call2019(gateway(), "probe/echo", { body: "{" })).status).toBe(400);
    });
  });
}

/** So many bytes, which do not say how many they are. */
export function pieces(bytes: number): ReadableStream<Uint8Array> {
  let left = bytes;
  return new ReadableStream({
    pull(controller) {
      const size = Math.min(left, 256 * 1024);
      left -= size;
      if (size > 0) controller.enqueue(new Uint8Array(size));
      else controller.close();
    },
  });
}
