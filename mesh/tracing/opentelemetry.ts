import {
  type Context,
  ProxyTracer,
  ROOT_CONTEXT,
  type Span as ApiSpan,
  SpanKind as ApiSpanKind,
  SpanStatusCode,
  type TracerProvider,
  context,
  createTraceState,
  isSpanContextValid,
  propagation,
  trace,
} from "@opentelemetry/api";
import { MeshError } from "../errors.ts";
import type { Log } from "../log.ts";
import { type ReceivedTrace, type TraceContext, continueTrace, readTrace } from "../trace.ts";
import type { Span, SpanEnd, SpanKind, SpanStart, TraceParent, Tracing } from "../tracing.ts";

const KINDS: Record<SpanKind, ApiSpanKind> = { server: ApiSpanKind.SERVER, client: ApiSpanKind.CLIENT };

/** Spans made by an OpenTelemetry provider: ours, or one that the user's own code has registered. */
export function openTelemetryTracing(provider: TracerProvider): Tracing {
  const tracer = provider.getTracer("functions-mesh");
  return {
    start: ({ kind, name, parent = {}, attributes }: SpanStart): Span => {
      const received = readTrace(parent.header, parent.state, parent.baggage);
      const around = userSpan(kind, received) ?? parentContext(received);
      const span = tracer.startSpan(name, { kind: KINDS[kind], attributes }, around);
      return new OpenTelemetrySpan(span, { kind, around, context: traceContext(span, parent, received.baggage) });
    },
  };
}

/** Spans made by the provider that the user's code has registered; `undefined`, with a warning, when it cannot be used. */
export function registeredTracing(log: Log): Tracing | undefined {
  const provider = trace.getTracerProvider();
  // OpenTelemetry's API hands out nothing that an older version of itself has registered.
  if (provider.getTracer("functions-mesh") instanceof ProxyTracer) {
    log.warn("no traces: the provider was registered with an older @opentelemetry/api than 1.10; update that package");
    return undefined;
  }
  return openTelemetryTracing(provider);
}

class OpenTelemetrySpan implements Span {
  readonly context: TraceContext;
  readonly #span: ApiSpan;
  readonly #kind: SpanKind;
  readonly #inside: Context;
  #hasEnded = false;

  constructor(span: ApiSpan, from: { kind: SpanKind; around: Context; context: TraceContext }) {
    this.#span = span;
    this.#kind = from.kind;
    this.#inside = trace.setSpan(from.around, span);
    this.context = from.context;
  }

  run<T>(work: () => T): T {
    return context.with(this.#inside, work);
  }

  end({ error, attributes }: SpanEnd = {}): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    if (attributes !== undefined) this.#span.setAttributes(attributes);
    if (error !== undefined) this.#fail(MeshError.from(error));
    this.#span.end();
  }

  #fail(error: MeshError): void {
    this.#span.setAttribute("fmesh.code", error.code);
    if (error.reason !== undefined) this.#span.setAttribute("fmesh.reason", error.reason);
    // By the conventions for HTTP and RPC: a server that refuses or is left alone has done its work, a client has not.
    if (this.#kind === "server" && error.status < 500) return;
    this.#span.setAttribute("error.type", error.code);
    this.#span.setStatus({ code: SpanStatusCode.ERROR, message: error.message });
    this.#span.recordException(error.cause instanceof Error ? error.cause : error);
  }
}

/**
 * Where a function's own code has started a span of the same trace around a call, that is the call's parent. Without a
 * parent of its own a call belongs to whatever trace it is made in.
 */
function userSpan(kind: SpanKind, { sender }: ReceivedTrace): Context | undefined {
  if (kind === "server") return undefined;
  const active = context.active();
  const span = trace.getSpanContext(active);
  const isSameTrace = span !== undefined && (sender === undefined || span.traceId === sender.traceId);
  return isSameTrace ? active : undefined;
}

function parentContext({ sender, state, baggage }: ReceivedTrace): Context {
  const around = baggage === undefined ? ROOT_CONTEXT : propagation.extract(ROOT_CONTEXT, { baggage });
  if (sender === undefined) return around;
  const { traceId, spanId, flags } = sender;
  return trace.setSpanContext(around, {
    traceId,
    spanId,
    traceFlags: Number.parseInt(flags, 16),
    isRemote: true,
    ...(state !== undefined && { traceState: createTraceState(state) }),
  });
}

function traceContext(span: ApiSpan, parent: TraceParent, baggage: string | undefined): TraceContext {
  const own = span.spanContext();
  // A provider that makes no spans hands out an id of zeros, which no header may hold.
  if (!isSpanContextValid(own)) return continueTrace(parent.header, parent.state, parent.baggage);
  const { traceId, spanId, traceFlags, traceState } = own;
  const flags = traceFlags.toString(16).padStart(2, "0");
  const header = `00-${traceId}-${spanId}-${flags}`;
  return { traceId, spanId, flags, header, state: traceState?.serialize() || undefined, baggage };
}
