/** A span as a collector received it, whatever the encoding it came in. */
export interface CollectedSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for the first span of a trace. */
  readonly parentSpanId: string;
  readonly traceState: string;
  readonly name: string;
  /** `SpanKind` of the OTLP: 2 is a server, 3 a client. */
  readonly kind: number;
  readonly startNanos: bigint;
  readonly endNanos: bigint;
  readonly attributes: CollectedAttributes;
  readonly events: readonly CollectedEvent[];
  /** `StatusCode` of the OTLP: 0 unset, 1 ok, 2 error. */
  readonly status: { readonly code: number; readonly message: string };
  /** Attributes of the process that made it. */
  readonly resource: CollectedAttributes;
}

export interface CollectedEvent {
  readonly name: string;
  readonly attributes: CollectedAttributes;
}

export type CollectedAttributes = Readonly<Record<string, string | number | boolean>>;
