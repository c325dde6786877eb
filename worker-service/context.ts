import { type Client, type ServiceTypes, clientOver } from "../client/client.ts";
import type { MessageHeaders } from "../mesh/broker.ts";
import { CALL_HEADERS, type Claims, NO_CLAIMS, decodeClaims } from "../mesh/call.ts";
import type { Log } from "../mesh/log.ts";
import { newCallId } from "../mesh/ids.ts";
import { type TraceContext, continueTrace } from "../mesh/trace.ts";
import type { Caller, ServiceCallOptions } from "../mesh/caller.ts";
import type { Span } from "../mesh/tracing.ts";
import { CallLifetime } from "../mesh/call-lifetime.ts";

/** What a handler knows about the call it answers. */
export interface Context {
  /** Unique per call. */
  readonly callId: string;
  /** Who calls: the claims of the verified token, `{}` when the rule asked for none. */
  readonly claims: Claims;
  /**
   * When the caller stops waiting for the answer to begin: milliseconds since the epoch. `Infinity` once it has begun and
   * goes on, as a stream's.
   */
  readonly deadlineMs: number;
  /** Aborts at the deadline, and as soon as the caller has gone. Hand it to `fetch` and friends. */
  readonly signal: AbortSignal;
  readonly requestId: string;
  readonly trace: TraceContext;
  /** The caller's `Idempotency-Key`, if it sent one. */
  readonly idempotencyKey: string | undefined;
  /** Logs with the call's and the trace's id. */
  readonly log: Log;
  /**
   * Calls a function of the mesh in the name of the same caller: claims, trace and deadline go along, and so does the
   * caller's giving up. Rules guard the gateway, not calls between services. A service that is a fetch handler is called by
   * its function `fetch` with a `Request`, and answers with a `Response`.
   * @throws MeshError as `Broker.request`, or what the function threw.
   */
  call(service: string, name: string, params?: unknown, options?: ServiceCallOptions): Promise<unknown>;
  /**
   * The same, typed by the services that are called.
   * @example const { cents } = await context.client<typeof shop>().shop.price({ item: "tea" });
   */
  client<S extends ServiceTypes>(): Client<S>;
}

/** The context in a call's headers. Most handlers look at little of it, so each part is read when asked for. */
export class HeaderContext implements Context {
  readonly callId: string;
  readonly lifetime: CallLifetime;
  readonly #headers: MessageHeaders;
  readonly #caller: Caller;
  readonly #log: Log;
  readonly #span: Span | undefined;
  #claims: Claims | undefined;
  #trace: TraceContext | undefined;

  /** @param span the call's own span, when it is traced; its trace is the context's then. */
  constructor(headers: MessageHeaders, { caller, log, span }: { caller: Caller; log: Log; span: Span | undefined }) {
    this.#headers = headers;
    this.#caller = caller;
    this.#log = log;
    this.#span = span;
    this.#trace = span?.context;
    this.callId = headers[CALL_HEADERS.id] ?? newCallId();
    this.lifetime = CallLifetime.of(headers);
  }

  get claims(): Claims {
    this.#claims ??= decodeClaims(this.#headers);
    return this.#claims;
  }

  get deadlineMs(): number {
    return this.lifetime.deadlineMs;
  }

  get signal(): AbortSignal {
    return this.lifetime.signal;
  }

  get requestId(): string {
    return this.#headers[CALL_HEADERS.requestId] ?? this.callId;
  }

  get trace(): TraceContext {
    const { traceparent, tracestate, baggage } = CALL_HEADERS;
    this.#trace ??= continueTrace(this.#headers[traceparent], this.#headers[tracestate], this.#headers[baggage]);
    return this.#trace;
  }

  get idempotencyKey(): string | undefined {
    return this.#headers[CALL_HEADERS.idempotencyKey];
  }

  get log(): Log {
    const { traceId, spanId } = this.trace;
    // Without a span of its own the id means nothing to anybody.
    return this.#log.with({ callId: this.callId, traceId, ...(this.#span && { spanId }) });
  }

  client<S extends ServiceTypes>(): Client<S> {
    return clientOver<S>({ call: (...given) => this.call(...given) });
  }

  call(service: string, name: string, params?: unknown, options: ServiceCallOptions = {}): Promise<unknown> {
    const { deadlineMs, lifetime } = this;
    const { signal } = options;
    const withGiven = (own: AbortSignal): AbortSignal => (signal === undefined ? own : AbortSignal.any([own, signal]));
    return this.#caller.call(service, name, params, {
      ...options,
      signal: withGiven(lifetime.signal),
      streamSignal: () => withGiven(lifetime.streamSignal),
      deadlineMs,
      claimsJson: this.#headers[CALL_HEADERS.claims] ?? NO_CLAIMS,
      trace: this.trace,
      requestId: this.requestId,
    });
  }
}
