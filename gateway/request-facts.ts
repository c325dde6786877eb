import { CALL_HEADERS, isHeaderValue } from "../mesh/call.ts";
import { newCallId } from "../mesh/ids.ts";
import { type TraceContext, continueTrace } from "../mesh/trace.ts";
import type { TraceParent } from "../mesh/tracing.ts";
import { ServerTiming } from "./server-timing.ts";

/** What is known of a request before it is understood: names for logs, traces and problem documents. */
export interface RequestFacts {
  /** Ours, unique: the call's and the invocation's id. */
  readonly callId: string;
  /** The caller's `X-Request-Id`, or the call id when it sent none. */
  readonly requestId: string;
  readonly trace: TraceContext;
  readonly timing: ServerTiming;
}

const REQUEST_ID = /^[\x21-\x7e]{1,128}$/;

/** Reads the facts off a request's headers. A request that has a span of its own brings that span's `trace`. */
export function requestFacts(headers: Headers, trace?: TraceContext): RequestFacts {
  const timing = new ServerTiming();
  const callId = newCallId();
  const given = headers.get(CALL_HEADERS.requestId);
  return {
    callId,
    requestId: given !== null && REQUEST_ID.test(given) ? given : callId,
    trace: trace ?? traceOf(headers),
    timing,
  };
}

/** What a request's headers say of its caller's trace. */
export function traceParent(headers: Headers): Required<TraceParent> {
  const state = headers.get(CALL_HEADERS.tracestate) ?? undefined;
  const baggage = headers.get(CALL_HEADERS.baggage) ?? undefined;
  return {
    header: headers.get(CALL_HEADERS.traceparent) ?? undefined,
    state: state !== undefined && isHeaderValue(state) ? state : undefined,
    baggage: baggage !== undefined && isHeaderValue(baggage) ? baggage : undefined,
  };
}

function traceOf(headers: Headers): TraceContext {
  const { header, state, baggage } = traceParent(headers);
  return continueTrace(header, state, baggage);
}

/** The headers of an answer to a call. A request id is echoed; one that nobody gave is no news to anybody. */
export function answerHeaders(facts: RequestFacts, contentType: string): Record<string, string> {
  const { requestId, callId, trace, timing } = facts;
  const headers: Record<string, string> = {
    "Content-Type": contentType,
    // There is no standard header for an answer's trace; as a metric without duration browsers and their agents read it.
    "Server-Timing": `${timing.header()}, traceparent;desc="${trace.header}"`,
  };
  if (requestId !== callId) headers["X-Request-Id"] = requestId;
  return headers;
}
