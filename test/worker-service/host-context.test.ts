import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Context } from "../../worker-service/context.ts";
import { errorOf } from "../mesh/error-of.ts";
import { recordingLog } from "../mesh/recording-log.ts";
import { brokersUnderTest } from "../support/nats.ts";
import { type ServiceMesh, dueAt, openServiceMesh } from "./service-mesh.ts";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN = "00f067aa0ba902b7";

/** What a handler can tell about its call. */
interface Facts {
  readonly callId: string;
  readonly claims: unknown;
  readonly deadlineMs: number;
  readonly requestId: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly state: string | undefined;
  readonly baggage: string | undefined;
  readonly idempotencyKey: string | undefined;
}

function facts(_params: unknown, context: Context): Facts {
  const { callId, claims, deadlineMs, requestId, trace, idempotencyKey } = context;
  const { traceId, spanId, state, baggage } = trace;
  return { callId, claims, deadlineMs, requestId, traceId, spanId, state, baggage, idempotencyKey };
}

describe.each(brokersUnderTest())("the context of a call over %s", (kind) => {
  let mesh: ServiceMesh;
  const { log, untilSaid } = recordingLog();
  const aborted = Promise.withResolvers<{ lateMs: number; reason: unknown }>();
  const late = Promise.withResolvers<unknown>();
  let notes = 0;
  beforeAll(async () => {
    mesh = await openServiceMesh(kind);
    await mesh.host(
      "inspect",
      {
        facts,
        both: async (params: unknown, context: Context) => ({
          own: facts(params, context),
          nested: await context.call("inspect", "facts"),
        }),
        nested: (params: { name: string; timeoutMs?: number }, context: Context) =>
          context.call("inspect", params.name, undefined, {
            ...(params.timeoutMs !== undefined && { timeoutMs: params.timeoutMs }),
          }),
        untilAborted: (_params: unknown, { signal, deadlineMs }: Context) =>
          new Promise((resolve) => {
            signal.addEventListener("abort", () => {
              aborted.resolve({ lateMs: Date.now() - deadlineMs, reason: signal.reason });
              resolve(undefined);
            });
          }),
        isAborted: (_params: unknown, { signal, deadlineMs }: Context) => ({ isAborted: signal.aborted, deadlineMs }),
        sleepOver: async (_params: unknown, context: Context) => {
          await new Promise((resolve) => context.signal.addEventListener("abort", resolve));
          await context.call("inspect", "noteCall").catch(late.resolve);
        },
        noteCall: () => ++notes,
        say: (_params: unknown, context: Context) => context.log.info("said by a handler", { more: 1 }),
      },
      { log },
    );
  });
  afterAll(() => mesh[Symbol.asyncDispose]());

  const ask = async (name: string, headers: Record<string, string> = {}): Promise<unknown> => {
    const { payload } = await mesh.send("inspect", name, "", headers);
    return JSON.parse(new TextDecoder().decode(payload));
  };

  test("holds what the caller sent", async () => {
    const deadlineMs = Date.now() + 60_000;
    const told = await ask("facts", {
      ...dueAt(deadlineMs),
      "Fmesh-Call-Id": "call-1",
      "Fmesh-Claims": '{"id":"ann","role":"ädmin"}',
      "X-Request-Id": "request-1",
      "Idempotency-Key": "key-1",
      traceparent: `00-${TRACE}-${SPAN}-01`,
      tracestate: "vendor=1",
      baggage: "user=ann",
    });
    expect(told).toMatchObject({
      callId: "call-1",
      claims: { id: "ann", role: "ädmin" },
      deadlineMs,
      requestId: "request-1",
      idempotencyKey: "key-1",
      traceId: TRACE,
      state: "vendor=1",
      baggage: "user=ann",
    });
  });

  test("has sensible values for a caller that sends no headers", async () => {
    const before = Date.now();
    const told = (await ask("facts")) as Facts;
    expect(told.claims).toEqual({});
    expect(told.callId).not.toBe("");
    expect(told.requestId).toBe(told.callId);
    expect(told.traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(told.deadlineMs).toBeGreaterThanOrEqual(before + 10_000);
  });

  test.each(["[]", "{", "null"])("refuses the claims %s when the handler asks for them", async (claims) => {
    const error = await errorOf(mesh.send("inspect", "facts", "", { "Fmesh-Claims": claims }));
    expect(error.code).toBe("invalid_request");
  });

  test("goes along with a nested call: claims, trace, request id, and no more time than is left", async () => {
    const { own, nested } = (await ask("both", {
      ...dueAt(Date.now() + 60_000),
      "Fmesh-Claims": '{"id":"ann"}',
      "X-Request-Id": "request-1",
      "Idempotency-Key": "key-1",
      traceparent: `00-${TRACE}-${SPAN}-01`,
      tracestate: "vendor=1",
      baggage: "user=ann",
    })) as { own: Facts; nested: Facts };
    expect(nested).toMatchObject({ claims: { id: "ann" }, requestId: "request-1", traceId: TRACE });
    expect(nested).toMatchObject({ state: "vendor=1", baggage: "user=ann" });
    // The key is the outer call's own: a nested call is another one.
    expect(nested.idempotencyKey).toBeUndefined();
    expect(nested.callId).not.toBe(own.callId);
    expect(nested.deadlineMs).toBeLessThanOrEqual(own.deadlineMs);
    expect(nested.deadlineMs).toBeGreaterThan(own.deadlineMs - 30_000);
  });

  test.each([
    [50, 5_000],
    [600_000, 60_000],
  ])("lets a nested call have %i ms, and at most what is left", async (timeoutMs, mostMs) => {
    const deadlineMs = Date.now() + 60_000;
    const body = JSON.stringify({ name: "facts", timeoutMs });
    const { payload } = await mesh.send("inspect", "nested", body, dueAt(deadlineMs));
    const nested = JSON.parse(new TextDecoder().decode(payload)) as Facts;
    expect(nested.deadlineMs).toBeLessThanOrEqual(Math.min(deadlineMs, Date.now() + mostMs));
  });

  test("has a signal that aborts at the deadline", async () => {
    void mesh.send("inspect", "untilAborted", "", dueAt(Date.now() + 500)).catch(() => undefined);
    const { lateMs, reason } = await aborted.promise;
    expect(reason).toMatchObject({ code: "deadline_exceeded" });
    // Timers may be a whisker early where the clocks of timers and dates differ.
    expect(lateMs).toBeGreaterThan(-10);
  });

  test.each(["1e18", "8640000000000001", "9007199254740993"])(
    "takes a deadline of %s for a far one",
    async (header) => {
      const headers = { "Fmesh-Deadline": header };
      expect(await ask("isAborted", headers)).toMatchObject({ isAborted: false });
      expect((await mesh.send("inspect", "nested", '{"name":"facts"}', headers)).payload.length).toBeGreaterThan(0);
    },
  );

  test("takes a deadline that is no number for none", async () => {
    const { deadlineMs } = (await ask("facts", { "Fmesh-Deadline": "soon" })) as Facts;
    expect(deadlineMs).toBeGreaterThan(Date.now());
  });

  test("calls nobody once the time is over", async () => {
    void mesh.send("inspect", "sleepOver", "", dueAt(Date.now() + 500)).catch(() => undefined);
    expect(await late.promise).toMatchObject({ code: "deadline_exceeded" });
    // Whoever is called after it finds that nothing came before.
    expect(await mesh.call("inspect", "noteCall")).toBe(1);
  });

  test("logs with the ids of call and trace", async () => {
    await mesh.send("inspect", "say", "", { "Fmesh-Call-Id": "call-2", traceparent: `00-${TRACE}-${SPAN}-01` });
    expect(await untilSaid("said by a handler")).toMatchObject({
      service: "inspect",
      callId: "call-2",
      traceId: TRACE,
      more: 1,
    });
  });
});
