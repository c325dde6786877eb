import type { Message, MessageHeaders } from "./broker.ts";
import { MeshError } from "./errors.ts";
import type { Body } from "./body.ts";
import { HTTP_HEADERS } from "./http.ts";
import { PROBLEM_TYPE, fromProblem, toProblem } from "./problem.ts";
import { STREAM_HEADERS } from "./stream.ts";
import type { TraceContext } from "./trace.ts";

/** Claims of a verified token (RFC 7519): free-form, empty when the rule asked for no token. */
export type Claims = Readonly<Record<string, unknown>>;

/** One call of a function, as it travels from gateway to worker or from worker to worker. */
export interface Call extends Body {
  /** Unique per call, for logs and problem documents. */
  readonly id: string;
  /** When the caller stops waiting: milliseconds since the epoch. Clocks of a mesh are expected to agree (NTP). */
  readonly deadlineMs: number;
  /** JSON text of the claims; text, because most hops only pass it on. */
  readonly claimsJson: string;
  readonly trace: TraceContext;
  readonly requestId: string;
  readonly idempotencyKey: string | undefined;
  /** The head of the HTTP request that the call carries, as `mesh/http.ts` writes it. */
  readonly httpHead?: string | undefined;
}

/** A function's answer. */
export interface Reply extends Body {
  /** How long the handler took in the worker, in milliseconds; `undefined` when a foreign worker does not say. */
  readonly handlerMs: number | undefined;
  /** The head of the HTTP response that the reply carries. */
  readonly httpHead?: string | undefined;
}

/** A body that is asked for elsewhere: at which subject, and how long it is, where that is known. */
export interface OfferedBody {
  readonly subject: string;
  readonly lengthBytes: number | undefined;
}

/** The header names of the call protocol. `docs/protocol.md` is their reference for other languages. */
export const CALL_HEADERS = {
  id: "Fmesh-Call-Id",
  deadline: "Fmesh-Deadline",
  claims: "Fmesh-Claims",
  requestId: "X-Request-Id",
  idempotencyKey: "Idempotency-Key",
  contentType: "Content-Type",
  traceparent: "traceparent",
  tracestate: "tracestate",
  baggage: "baggage",
  handlerMs: "Fmesh-Handler-Ms",
  // Names of the NATS services protocol (ADR-32).
  error: "Nats-Service-Error",
  errorCode: "Nats-Service-Error-Code",
  /** Seconds, as in HTTP. */
  retryAfter: "Retry-After",
} as const;

/** Media type of everything that does not say otherwise. */
export const JSON_TYPE = "application/json";

/** Claims of a call that needed no token. */
export const NO_CLAIMS = "{}";

const LINE_BREAK = /[\r\n]/;
const LENGTH = /^\d{1,15}$/;
const NOTHING = new Uint8Array(0);

/** The message that asks for a call. What goes without saying is left out: JSON, and a request id that is the call's. */
export function encodeCall(call: Call, offered?: OfferedBody): Message {
  const headers: Record<string, string> = {
    [CALL_HEADERS.id]: call.id,
    [CALL_HEADERS.deadline]: String(call.deadlineMs),
    [CALL_HEADERS.claims]: call.claimsJson,
    [CALL_HEADERS.traceparent]: call.trace.header,
  };
  if (call.requestId !== call.id) headers[CALL_HEADERS.requestId] = call.requestId;
  if (call.contentType !== JSON_TYPE) headers[CALL_HEADERS.contentType] = call.contentType;
  if (call.trace.state !== undefined) headers[CALL_HEADERS.tracestate] = call.trace.state;
  if (call.trace.baggage !== undefined) headers[CALL_HEADERS.baggage] = call.trace.baggage;
  if (call.idempotencyKey !== undefined) headers[CALL_HEADERS.idempotencyKey] = call.idempotencyKey;
  if (call.httpHead !== undefined) headers[HTTP_HEADERS.request] = call.httpHead;
  return withBody(call.payload, headers, offered);
}

/** The answer to a call that went well. `payload` empty means the function returned nothing. */
export function encodeReply(reply: Reply, offered?: OfferedBody): Message {
  const { payload, contentType, handlerMs, httpHead } = reply;
  const headers: Record<string, string> = {};
  if (contentType !== JSON_TYPE) headers[CALL_HEADERS.contentType] = contentType;
  if (handlerMs !== undefined) headers[CALL_HEADERS.handlerMs] = handlerMs.toFixed(3);
  if (httpHead !== undefined) headers[HTTP_HEADERS.response] = httpHead;
  return withBody(payload, headers, offered);
}

/** The answer to a call that failed: the NATS services error headers and a problem document. */
export function encodeFailure(error: MeshError, about: { callId: string; handlerMs?: number }): Message {
  return {
    payload: new TextEncoder().encode(JSON.stringify(toProblem(error, about))),
    headers: {
      [CALL_HEADERS.contentType]: PROBLEM_TYPE,
      [CALL_HEADERS.error]: error.message.replaceAll(/[\r\n]+/g, " "),
      [CALL_HEADERS.errorCode]: String(error.status),
      ...(error.retryAfterSeconds !== undefined && { [CALL_HEADERS.retryAfter]: String(error.retryAfterSeconds) }),
      ...(about.handlerMs !== undefined && { [CALL_HEADERS.handlerMs]: about.handlerMs.toFixed(3) }),
    },
  };
}

/**
 * Reads a reply.
 * @throws MeshError what the worker said went wrong.
 */
export function decodeReply(message: Message): Reply {
  const { headers, payload } = message;
  const handlerMs = Number(headers[CALL_HEADERS.handlerMs] ?? Number.NaN);
  const description = headers[CALL_HEADERS.error];
  const status = headers[CALL_HEADERS.errorCode];
  if (description !== undefined || status !== undefined) {
    throw fromProblem(new TextDecoder().decode(payload), {
      description: description ?? "",
      status: Number(status ?? Number.NaN),
      retryAfterSeconds: Number(headers[CALL_HEADERS.retryAfter] ?? Number.NaN),
    });
  }
  return {
    contentType: headers[CALL_HEADERS.contentType] ?? JSON_TYPE,
    payload,
    handlerMs: Number.isFinite(handlerMs) ? handlerMs : undefined,
    httpHead: headers[HTTP_HEADERS.response],
  };
}

/** The body that a message's headers say is asked for elsewhere. */
export function offeredBody(headers: MessageHeaders): OfferedBody | undefined {
  const subject = headers[STREAM_HEADERS.stream];
  if (subject === undefined) return undefined;
  const length = headers[STREAM_HEADERS.length];
  return { subject, lengthBytes: length !== undefined && LENGTH.test(length) ? Number(length) : undefined };
}

/** Claims out of a call's headers. A sender without the header has no claims. */
export function decodeClaims(headers: MessageHeaders): Claims {
  const text = headers[CALL_HEADERS.claims];
  if (text === undefined || text === NO_CLAIMS) return {};
  try {
    const value: unknown = JSON.parse(text);
    // Claims are an object by RFC 7519; anything else did not come from a gateway of ours.
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Claims;
  } catch (error) {
    throw new MeshError("invalid_request", `header ${CALL_HEADERS.claims} is not JSON`, { cause: error });
  }
  throw new MeshError("invalid_request", `header ${CALL_HEADERS.claims} is not a JSON object`);
}

function withBody(payload: Uint8Array, headers: Record<string, string>, offered: OfferedBody | undefined): Message {
  if (offered === undefined) return { payload, headers };
  headers[STREAM_HEADERS.stream] = offered.subject;
  if (offered.lengthBytes !== undefined) headers[STREAM_HEADERS.length] = String(offered.lengthBytes);
  return { payload: NOTHING, headers };
}

/** Whether a value from outside may travel as a header value. */
export function isHeaderValue(text: string): boolean {
  return !LINE_BREAK.test(text);
}
