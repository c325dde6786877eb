import type { Broker } from "./broker.ts";
import { NO_CLAIMS } from "./call.ts";
import { MeshError } from "./errors.ts";
import { carriedResponse, requestBody, withoutError } from "./http-call.ts";
import { sendCall } from "./outgoing-call.ts";
import { decodeBody, encodeBody } from "./body.ts";
import { newCallId } from "./ids.ts";
import { type TraceContext, continueTrace } from "./trace.ts";
import type { Tracing } from "./tracing.ts";

/** Options of one call. */
export interface CallOptions {
  /** How long to wait, in milliseconds: at most, and by default, what the calling call has left. Without one, 10 000. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  readonly idempotencyKey?: string;
}

/** Options of a call that one service makes of another. */
export interface ServiceCallOptions extends CallOptions {
  /** The call's id, for who has written it down before: never one that another call had. Default: a new one. */
  readonly callId?: string;
}

/** In whose name a call is made; a call of its own has none of it. */
export interface Origin {
  /** When the calling call's time is over: milliseconds since the epoch. This call's deadline is never later. */
  readonly deadlineMs?: number;
  readonly claimsJson?: string;
  readonly trace?: TraceContext;
  readonly requestId?: string;
  /** What ends a result that is a stream. Default: the call's `signal`. */
  readonly streamSignal?: () => AbortSignal;
}

const DEFAULT_TIMEOUT_MS = 10_000;

/** Calls functions of one project over the broker. */
export class Caller {
  readonly #broker: Broker;
  readonly #project: string;
  readonly #tracing: Tracing | undefined;

  constructor(broker: Broker, project: string, tracing?: Tracing) {
    this.#broker = broker;
    this.#project = project;
    this.#tracing = tracing;
  }

  /**
   * Calls with params for what the function returns, or with a `Request` for a `Response`.
   * @throws MeshError as `sendCall`, or what the function threw.
   */
  async call(service: string, name: string, params: unknown, options: ServiceCallOptions & Origin): Promise<unknown> {
    const { signal, streamSignal, idempotencyKey } = options;
    const now = Date.now();
    const leftMs = options.deadlineMs === undefined ? Number.POSITIVE_INFINITY : options.deadlineMs - now;
    if (leftMs <= 0) throw new MeshError("deadline_exceeded", `no time is left to call "${service}.${name}"`);
    const givenMs = options.timeoutMs ?? (leftMs === Number.POSITIVE_INFINITY ? DEFAULT_TIMEOUT_MS : leftMs);
    const timeoutMs = Math.min(givenMs, leftMs);
    const isHttp = params instanceof Request;
    const encoded = isHttp ? requestBody(params) : encodeBody(params);
    const body = encoded instanceof Promise ? await encoded : encoded;
    const id = options.callId ?? newCallId();
    const to = { project: this.#project, service, function: name };
    const sent = {
      id,
      deadlineMs: now + timeoutMs,
      claimsJson: options.claimsJson ?? NO_CLAIMS,
      trace: options.trace ?? continueTrace(undefined, undefined, undefined),
      requestId: options.requestId ?? id,
      idempotencyKey,
      ...body,
    };
    const how = { timeoutMs, tracing: this.#tracing, parent: options.trace, streamSignal, ...(signal && { signal }) };
    const reply = await sendCall(this.#broker, to, sent, how);
    if (isHttp) return carriedResponse(reply);
    return decodeBody(reply.httpHead === undefined ? reply : await withoutError(reply));
  }
}
