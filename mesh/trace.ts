import { newTraceId, randomHex } from "./ids.ts";

/** Where a call stands in a distributed trace (W3C Trace Context, level 2). */
export interface TraceContext {
  /** 32 lower-case hex digits. */
  readonly traceId: string;
  /** 16 lower-case hex digits: the span that sends. */
  readonly spanId: string;
  /** Two hex digits: `01` is sampled. */
  readonly flags: string;
  /** The `traceparent` header of what this span sends. */
  readonly header: string;
  readonly state: string | undefined;
  readonly baggage: string | undefined;
}

const TRACEPARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?$/;
const NOTHING = /^0+$/;

/** `tracestate` and `baggage` beyond these many characters are dropped (the specifications' own limits). */
const MAX_STATE = 512;
const MAX_BAGGAGE = 8192;

/** What came with a call: the sender's span, if its `traceparent` is valid, and what travels beside it. */
export interface ReceivedTrace {
  readonly sender: Pick<TraceContext, "traceId" | "spanId" | "flags"> | undefined;
  readonly state: string | undefined;
  readonly baggage: string | undefined;
}

/** Reads the given header values. Without a valid `traceparent` there is no `tracestate`, as the specification asks. */
export function readTrace(
  traceparent: string | undefined,
  state: string | undefined,
  baggage: string | undefined,
): ReceivedTrace {
  const keptBaggage = baggage !== undefined && baggage.length <= MAX_BAGGAGE ? baggage : undefined;
  const match = traceparent === undefined ? null : TRACEPARENT.exec(traceparent);
  const [, traceId, spanId, flags] = match ?? [];
  const isValid =
    traceId !== undefined &&
    spanId !== undefined &&
    !traceparent?.startsWith("ff") &&
    // Version 00 ends after the flags; later versions may go on.
    !(traceparent?.startsWith("00") && traceparent.length > 55) &&
    !NOTHING.test(traceId) &&
    !NOTHING.test(spanId);
  if (!isValid) return { sender: undefined, state: undefined, baggage: keptBaggage };
  const keptState = state !== undefined && state.length <= MAX_STATE ? state : undefined;
  return { sender: { traceId, spanId, flags: flags ?? "00" }, state: keptState, baggage: keptBaggage };
}

/** Goes on with the trace in the given header values, or starts one. */
export function continueTrace(
  traceparent: string | undefined,
  state: string | undefined,
  baggage: string | undefined,
): TraceContext {
  if (traceparent === undefined && baggage === undefined) return span(newTraceId(), "01", undefined, undefined);
  const { sender, ...beside } = readTrace(traceparent, state, baggage);
  return sender === undefined
    ? span(newTraceId(), "01", undefined, beside.baggage)
    : span(sender.traceId, sender.flags, beside.state, beside.baggage);
}

function span(traceId: string, flags: string, state: string | undefined, baggage: string | undefined): TraceContext {
  const spanId = randomHex(8);
  return { traceId, spanId, flags, header: `00-${traceId}-${spanId}-${flags}`, state, baggage };
}
