import { trace } from "@opentelemetry/api";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Context } from "../../worker-service/context.ts";
import { defineService } from "../../worker-service/service.ts";
import { type LogLine, recordingLog } from "../mesh/recording-log.ts";
import { type RecordedSpans, recordSpans } from "../mesh/tracing/recorded-spans.ts";
import { type TestMesh, shopConfig, startTestMesh } from "../support/mesh.ts";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN = "00f067aa0ba902b7";
const ROUTE = "POST /v1/call/:project/:service/:function";

let mesh: TestMesh;
let recorded: RecordedSpans;
let running: PromiseWithResolvers<void>;
const { log, lines } = recordingLog();

const shop = defineService("shop", {
  price: (_params: unknown, context: Context) => {
    context.log.info("priced");
    return { cents: 1200 };
  },
  order: async (params: unknown, context: Context) => {
    const { tracestate, baggage } = { tracestate: context.trace.state, baggage: context.trace.baggage };
    const price = await context.call("shop", "price", params);
    return { price, tracestate, baggage };
  },
  broken: () => {
    throw new TypeError("the moon is not a number");
  },
  endless: (_params: unknown, { signal }: Context) => {
    running.resolve();
    return new Promise((resolve) => signal.addEventListener("abort", () => resolve("late")));
  },
  count: async function* () {
    yield* [1, 2, 3];
  },
  mayCall: () => {
    trace.getTracer("own").startSpan("look up").end();
    return { ack: true };
  },
});

beforeEach(async () => {
  recorded = recordSpans();
  running = Promise.withResolvers();
  const open = Object.fromEntries(shop.endpoints.map(({ name }) => [name, { rule: "allow" }]));
  const config = shopConfig({
    shop: { ...open, order: { rule: "authenticated" }, default: { rule: "deny" } },
    guarded: { price: { rule: "func", service: "shop", func: "mayCall" } },
  });
  const { tracing } = recorded;
  mesh = await startTestMesh({ kind: "embedded", config, services: [shop], tracing, log });
});
afterEach(async () => {
  recorded[Symbol.dispose]();
  await mesh.stop();
});

async function call(name: string, headers: Record<string, string> = {}, signal?: AbortSignal): Promise<Response> {
  return fetch(`${mesh.url}/v1/call/shop/${name.replace(".", "/")}`, {
    method: "POST",
    headers: { Authorization: `Bearer ${await mesh.token()}`, "Content-Type": "application/json", ...headers },
    body: "{}",
    ...(signal && { signal }),
  });
}

test("one trace goes from HTTP through the broker to nested calls", async () => {
  const response = await call("shop.order");
  await recorded.untilEnded(5);
  expect(recorded.tree()).toEqual([
    `SERVER ${ROUTE}`,
    "  CLIENT shop/order",
    "    SERVER shop/order",
    "      CLIENT shop/price",
    "        SERVER shop/price",
  ]);
  const { traceId, spanId } = recorded.span("SERVER", ROUTE).spanContext();
  expect(new Set(recorded.spans().map((span) => span.spanContext().traceId))).toEqual(new Set([traceId]));
  expect(response.headers.get("Server-Timing")).toContain(`traceparent;desc="00-${traceId}-${spanId}-01"`);
  const priced = recorded.span("SERVER", "shop/price").spanContext();
  expect(lines).toContainEqual(expect.objectContaining<Partial<LogLine>>({ message: "priced", ...ids(priced) }));
});

test("it goes on with the caller's, and hands on its state and baggage", async () => {
  const from = { traceparent: `00-${TRACE}-${SPAN}-01`, tracestate: "vendor=1", baggage: "user=ann" };
  const response = await call("shop.order", from);
  expect(await response.json()).toMatchObject({ tracestate: "vendor=1", baggage: "user=ann" });
  await recorded.untilEnded(5);
  expect(recorded.span("SERVER", ROUTE).parentSpanContext).toMatchObject({ traceId: TRACE, spanId: SPAN });
  expect(recorded.span("SERVER", "shop/price").spanContext().traceId).toBe(TRACE);
});

test("a caller's trace that is not sampled makes no spans anywhere", async () => {
  const response = await call("shop.order", { traceparent: `00-${TRACE}-${SPAN}-00` });
  expect(response.status).toBe(200);
  expect(response.headers.get("Server-Timing")).toMatch(new RegExp(`traceparent;desc="00-${TRACE}-[0-9a-f]{16}-00"`));
  await mesh.stop();
  expect(recorded.spans()).toEqual([]);
});

test("a request's span says what was asked and answered, and nothing of tokens and queries", async () => {
  await fetch(`${mesh.url}/v1/call/shop/shop/price?secret=1`, { method: "POST", headers: { "User-Agent": "test/1" } });
  await recorded.untilEnded(3);
  const { hostname, port } = new URL(mesh.url);
  expect(recorded.span("SERVER", ROUTE).attributes).toEqual({
    "http.request.method": "POST",
    "http.route": "/v1/call/:project/:service/:function",
    "http.response.status_code": 200,
    "url.path": "/v1/call/shop/shop/price",
    "url.scheme": "http",
    "server.address": hostname,
    "server.port": Number(port),
    "user_agent.original": "test/1",
  });
});

test("the path of 2019 is traced too", async () => {
  await fetch(`${mesh.url}/v1/api/shop/functions/shop/price`, { method: "POST", body: '{"params":{}}' });
  await recorded.untilEnded(3);
  expect(recorded.tree()[0]).toMatch(/^SERVER POST \/v1\/api\/:project\/functions\/:service\/:function$/);
});

test("calls that a rule makes are below the request they are made for", async () => {
  expect((await call("guarded.price")).status).toBe(503);
  await recorded.untilEnded(5);
  expect(recorded.tree()).toEqual([
    `SERVER ${ROUTE} (failed: worker_unavailable)`,
    "  CLIENT shop/mayCall",
    "    SERVER shop/mayCall",
    "      INTERNAL look up",
    "  CLIENT guarded/price (failed: worker_unavailable)",
  ]);
});

describe("a call that fails", () => {
  test("in the function is a failure of every span", async () => {
    const problem = (await (await call("shop.broken")).json()) as { traceId: string };
    await recorded.untilEnded(3);
    expect(recorded.tree()).toEqual([
      `SERVER ${ROUTE} (failed: function_failed)`,
      "  CLIENT shop/broken (failed: function_failed)",
      "    SERVER shop/broken (failed: function_failed)",
    ]);
    expect(recorded.span("SERVER", ROUTE).attributes).toMatchObject({
      "http.response.status_code": 500,
      "error.type": "function_failed",
    });
    expect(problem.traceId).toBe(recorded.span("SERVER", ROUTE).spanContext().traceId);
  });

  test("at the rule never reaches the broker", async () => {
    expect((await call("shop.nothing")).status).toBe(403);
    await recorded.untilEnded(1);
    expect(recorded.tree()).toEqual([`SERVER ${ROUTE} (ended: forbidden)`]);
  });

  test("because its time is over", async () => {
    expect((await call("shop.endless", { "X-Request-Timeout": "0.5" })).status).toBe(504);
    await recorded.untilEnded(3);
    expect(recorded.tree().slice(0, 2)).toEqual([
      `SERVER ${ROUTE} (failed: deadline_exceeded)`,
      "  CLIENT shop/endless (failed: deadline_exceeded)",
    ]);
  });

  test("because its caller went away", async () => {
    const leave = new AbortController();
    void running.promise.then(() => leave.abort(new Error("gone")));
    await expect(call("shop.endless", {}, leave.signal)).rejects.toThrow("gone");
    await recorded.untilEnded(3);
    expect(recorded.tree()).toEqual([
      `SERVER ${ROUTE} (ended: cancelled)`,
      "  CLIENT shop/endless (failed: cancelled)",
      "    SERVER shop/endless (ended: cancelled)",
    ]);
  });
});

test("the spans of a stream end when its last item has been written", async () => {
  const response = await call("shop.count", { Accept: "application/x-ndjson" });
  expect(await response.text()).toBe("1\n2\n3\n");
  await recorded.untilEnded(3);
  expect(recorded.tree()).toEqual([`SERVER ${ROUTE}`, "  CLIENT shop/count", "    SERVER shop/count"]);
  expect(recorded.span("SERVER", ROUTE).attributes["http.response.status_code"]).toBe(200);
});

test("a stream that the path of 2019 puts together ends with the answer", async () => {
  const response = await fetch(`${mesh.url}/v1/api/shop/functions/shop/count`, {
    method: "POST",
    body: '{"params":{}}',
  });
  expect(await response.json()).toEqual({ result: [1, 2, 3] });
  await recorded.untilEnded(3);
  const request = recorded.span("SERVER", "POST /v1/api/:project/functions/:service/:function");
  expect(request.attributes["http.response.status_code"]).toBe(200);
});

function ids({ traceId, spanId }: { traceId: string; spanId: string }): Record<string, string> {
  return { traceId, spanId };
}
