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

/**
 * Goes on with the trace in the given header values, or starts one: a header that is not valid starts a new trace,
 * as the specification asks.
 */
export function continueTrace(
  traceparent: string | undefined,
  state: string | undefined,
  baggage: string | undefined,
): TraceContext {
  const keptBaggage = baggage !== undefined && baggage.length <= MAX_BAGGAGE ? baggage : undefined;
  const match = traceparent === undefined ? null : TRACEPARENT.exec(traceparent);
  const [, traceId, parentId, flags] = match ?? [];
  const isValid =
    traceId !== undefined &&
    parentId !== undefined &&
    !traceparent?.startsWith("ff") &&
    // Version 00 ends after the flags; later versions may go on.
    !(traceparent?.startsWith("00") && traceparent.length > 55) &&
    !NOTHING.test(traceId) &&
    !NOTHING.test(parentId);
  const keptState = isValid && state !== undefined && state.length <= MAX_STATE ? state : undefined;
  return isValid
    ? span(traceId, flags ?? "00", keptState, keptBaggage)
    : span(randomHex(16), "01", undefined, keptBaggage);
}

function span(traceId: string, flags: string, state: string | undefined, baggage: string | undefined): TraceContext {
  const spanId = randomHex(8);
  return { traceId, spanId, flags, header: `00-${traceId}-${spanId}-${flags}`, state, baggage };
}

/** Bytes drawn at a time: one system call and one long text for some hundred ids, which are slices of it. */
const POOL_BYTES = 4096;
let pool = "";
let poolNext = 0;

/** `bytes` random bytes as lower-case hex. */
export function randomHex(bytes: number): string {
  const end = poolNext + 2 * bytes;
  if (end > pool.length) {
    pool = toHex(crypto.getRandomValues(new Uint8Array(POOL_BYTES)));
    poolNext = 0;
    return randomHex(bytes);
  }
  const text = pool.slice(poolNext, end);
  poolNext = end;
  return text;
}

// Not every platform has ECMAScript's own `toHex` yet; where it is, it is twenty times faster.
function toHex(bytes: Uint8Array & { toHex?: () => string }): string {
  return bytes.toHex?.() ?? Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
