import { ProxyTracerProvider, SpanStatusCode, trace } from "@opentelemetry/api";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { callSpan } from "../../../mesh/call-span.ts";
import { MeshError } from "../../../mesh/errors.ts";
import type { SpanKind, SpanStart, TraceParent } from "../../../mesh/tracing.ts";
import { openTelemetryTracing } from "../../../mesh/tracing/opentelemetry.ts";
import { startTracing } from "../../../mesh/tracing/start.ts";
import { silentLog } from "../../../mesh/log.ts";
import { type RecordedSpans, recordSpans } from "./recorded-spans.ts";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN = "00f067aa0ba902b7";
const SAMPLED = `00-${TRACE}-${SPAN}-01`;

let recorded: RecordedSpans;
beforeEach(() => {
  recorded = recordSpans();
});
afterEach(() => recorded[Symbol.dispose]());

function sum(kind: SpanKind = "server", parent?: TraceParent): SpanStart {
  return callSpan(kind, { project: "shop", service: "arithmetic", function: "sum" }, { parent });
}

describe("a span that continues a trace", () => {
  test("is a child of the sender's, and sends on its own id, the trace's state and the baggage", () => {
    const span = recorded.tracing.start(sum("server", { header: SAMPLED, state: "vendor=1", baggage: "user=ann" }));
    span.end();
    expect(recorded.spans()[0]?.parentSpanContext).toMatchObject({ traceId: TRACE, spanId: SPAN, isRemote: true });
    const { spanId } = recorded.spans()[0]?.spanContext() ?? {};
    expect(span.context).toEqual({
      traceId: TRACE,
      spanId,
      flags: "01",
      header: `00-${TRACE}-${spanId}-01`,
      state: "vendor=1",
      baggage: "user=ann",
    });
  });

  test("is not recorded when the sender's is not, and says so to those it calls", () => {
    const span = recorded.tracing.start(sum("server", { header: SAMPLED.replace(/01$/, "00") }));
    span.end({ error: new Error("lost") });
    expect(recorded.spans()).toEqual([]);
    expect(span.context).toMatchObject({
      traceId: TRACE,
      flags: "00",
      header: expect.stringMatching(/-00$/) as string,
    });
  });

  test("takes what is no traceparent for none", () => {
    const span = recorded.tracing.start(sum("server", { header: `00-${TRACE}-${"0".repeat(16)}-01`, baggage: "a=b" }));
    span.end();
    expect(span.context.traceId).not.toBe(TRACE);
    expect(span.context.baggage).toBe("a=b");
    expect(recorded.spans()[0]?.parentSpanContext).toBeUndefined();
  });
});

describe("a function's own spans", () => {
  test("are children of the call's, and parents of the calls made inside them", async () => {
    const call = recorded.tracing.start(sum());
    await call.run(async () => {
      await Promise.resolve();
      await trace.getTracer("own").startActiveSpan("load", async (own) => {
        await Promise.resolve();
        recorded.tracing.start(sum("client", call.context)).end();
        own.end();
      });
      recorded.tracing.start(sum("client", call.context)).end();
    });
    call.end();
    expect(recorded.tree()).toEqual([
      "SERVER arithmetic/sum",
      "  INTERNAL load",
      "    CLIENT arithmetic/sum",
      "  CLIENT arithmetic/sum",
    ]);
  });

  test("of another trace do not adopt a call", () => {
    const call = recorded.tracing.start(sum());
    trace.getTracer("own").startActiveSpan("another", (own) => {
      recorded.tracing.start(sum("client", call.context)).end();
      own.end();
    });
    call.end();
    expect(recorded.tree()).toEqual(["SERVER arithmetic/sum", "  CLIENT arithmetic/sum", "INTERNAL another"]);
  });

  test("adopt a call that belongs to no other", () => {
    trace.getTracer("own").startActiveSpan("a script", (own) => {
      recorded.tracing.start(sum("client")).end();
      own.end();
    });
    expect(recorded.tree()).toEqual(["INTERNAL a script", "  CLIENT arithmetic/sum"]);
  });
});

describe("a span that fails", () => {
  test.each([
    ["server", "function_failed", "failed"],
    ["server", "deadline_exceeded", "failed"],
    ["server", "forbidden", "ended"],
    ["server", "cancelled", "ended"],
    ["client", "forbidden", "failed"],
    ["client", "cancelled", "failed"],
  ] as const)("as a %s with %s has %s", (kind, code, verdict) => {
    recorded.tracing.start(sum(kind)).end({ error: new MeshError(code, "what happened") });
    expect(recorded.tree()).toEqual([`${kind.toUpperCase()} arithmetic/sum (${verdict}: ${code})`]);
  });

  test("keeps the hidden cause for the operator", () => {
    const cause = new TypeError("undefined is not a number");
    recorded.tracing.start(sum()).end({ error: new MeshError("function_failed", "the function failed", { cause }) });
    const [span] = recorded.spans();
    expect(span?.status).toEqual({ code: SpanStatusCode.ERROR, message: "the function failed" });
    expect(span?.attributes).toMatchObject({ "error.type": "function_failed" });
    expect(span?.events).toMatchObject([
      {
        name: "exception",
        attributes: { "exception.type": "TypeError", "exception.message": "undefined is not a number" },
      },
    ]);
  });

  test("fails once: a second end changes nothing", () => {
    const span = recorded.tracing.start(sum());
    span.end({ attributes: { "http.response.status_code": 200 } });
    span.end({ error: new MeshError("internal", "too late") });
    expect(recorded.spans()).toHaveLength(1);
    expect(recorded.spans()[0]?.status.code).toBe(SpanStatusCode.UNSET);
  });
});

test("a provider that makes no spans costs no caller its trace", () => {
  const none = new ProxyTracerProvider();
  const span = openTelemetryTracing(none).start(sum("server", { header: SAMPLED }));
  span.end();
  expect(span.context).toMatchObject({ traceId: TRACE, flags: "01" });
  expect(openTelemetryTracing(none).start(sum()).context.header).toMatch(/^00-(?!0{32})[0-9a-f]{32}-[0-9a-f]{16}-01$/);
});

test("the user's own provider is used, even where the environment names a collector", async () => {
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:1" };
  const running = await startTracing({ resource: {}, env, log: silentLog });
  running.tracing?.start(sum()).end();
  await running.close();
  expect(recorded.tree()).toEqual(["SERVER arithmetic/sum"]);
});
