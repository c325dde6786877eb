import { SpanKind, SpanStatusCode, context, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import type { Tracing } from "../../../mesh/tracing.ts";
import { openTelemetryTracing } from "../../../mesh/tracing/opentelemetry.ts";

/** Spans that are kept in memory. While it is in scope, its provider is the one that a function's own code finds. */
export interface RecordedSpans extends Disposable {
  readonly tracing: Tracing;
  /** Those that have ended, in that order. */
  spans(): ReadableSpan[];
  /** Resolves once so many have ended. */
  untilEnded(count: number): Promise<ReadableSpan[]>;
  /** The one of this kind and name. */
  span(kind: keyof typeof SpanKind, name: string): ReadableSpan;
  /** As a tree: each `KIND name`, indented below its parent, with what is wrong with it. */
  tree(): string[];
}

export function recordSpans(): RecordedSpans {
  const exporter = new InMemorySpanExporter();
  // The order in which they started: the clock is too coarse for it.
  const started: string[] = [];
  let onEnd: () => void = () => undefined;
  const provider = new TracerProvider({
    spanProcessors: [
      new SimpleSpanProcessor({ exporter }),
      {
        onStart: (span) => void started.push(span.spanContext().spanId),
        onEnd: () => onEnd(),
        forceFlush: () => Promise.resolve(),
        shutdown: () => Promise.resolve(),
      },
    ],
  });
  trace.setGlobalTracerProvider(provider);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const spans = (): ReadableSpan[] => exporter.getFinishedSpans();
  return {
    tracing: openTelemetryTracing(provider),
    spans,
    async untilEnded(count) {
      while (spans().length < count) await new Promise<void>((resolve) => (onEnd = resolve));
      return spans();
    },
    span(kind, name) {
      const found = spans().filter((span) => span.kind === SpanKind[kind] && span.name === name);
      if (found[0] === undefined || found.length > 1) throw new Error(`${found.length} spans are ${kind} ${name}`);
      return found[0];
    },
    tree: () => branches(spans().toSorted(by(started)), undefined, ""),
    [Symbol.dispose]() {
      trace.disable();
      context.disable();
    },
  };
}

function by(ids: readonly string[]): (a: ReadableSpan, b: ReadableSpan) => number {
  return (a, b) => ids.indexOf(a.spanContext().spanId) - ids.indexOf(b.spanContext().spanId);
}

function branches(spans: readonly ReadableSpan[], parent: ReadableSpan | undefined, indent: string): string[] {
  const isRoot = (span: ReadableSpan): boolean =>
    !spans.some((other) => other.spanContext().spanId === span.parentSpanContext?.spanId);
  const children = spans.filter((span) =>
    parent === undefined ? isRoot(span) : span.parentSpanContext?.spanId === parent.spanContext().spanId,
  );
  return children.flatMap((span) => [`${indent}${describe(span)}`, ...branches(spans, span, `${indent}  `)]);
}

function describe({ kind, name, status, attributes }: ReadableSpan): string {
  const code = attributes["fmesh.code"];
  const problem = status.code === SpanStatusCode.ERROR ? "failed" : "ended";
  return `${SpanKind[kind]} ${name}${typeof code === "string" ? ` (${problem}: ${code})` : ""}`;
}
