import type { TraceContext } from "./trace.ts";

/** Who the span belongs to: the one that answers a call (`server`), or the one that makes it (`client`). */
export type SpanKind = "server" | "client";

/** Facts about a span; what is `undefined` is left out. Never a token, a secret or a payload. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** What a span continues: a {@link TraceContext}, or the headers of a call that arrived. */
export interface TraceParent {
  readonly header?: string | undefined;
  readonly state?: string | undefined;
  readonly baggage?: string | undefined;
}

/** A span to start. */
export interface SpanStart {
  readonly kind: SpanKind;
  /** Of few different values: a route or a function, never a path or an id. */
  readonly name: string;
  /** `undefined` starts a trace. */
  readonly parent: TraceParent | undefined;
  readonly attributes: SpanAttributes;
}

/** How a span ended. */
export interface SpanEnd {
  /** Why it failed. The span keeps the hidden cause too: traces, like logs, are for operators. */
  readonly error?: unknown;
  readonly attributes?: SpanAttributes;
}

/** A piece of work that is being traced. */
export interface Span {
  /** What goes along with everything the work sends. */
  readonly context: TraceContext;
  /** Runs a part of the work so that spans which its own code starts become children of this one. */
  run<T>(work: () => T): T;
  /** Ends the span; only the first end counts. */
  end(how?: SpanEnd): void;
}

/**
 * Where spans go. Whoever traces takes a `Tracing | undefined`, asks once per call whether there is one, and does
 * nothing more when there is not.
 */
export interface Tracing {
  start(start: SpanStart): Span;
}
