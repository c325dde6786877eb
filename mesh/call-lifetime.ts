import type { MessageHeaders } from "./broker.ts";
import { CALL_HEADERS } from "./call.ts";
import { MeshError } from "./errors.ts";

/** A call without a deadline of its own (a foreign caller) gets this much. */
const DEFAULT_BUDGET_MS = 10_000;

/** What a timer can wait for; with more it would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * How long somebody waits for a call's answer: until the deadline, unless the caller gives up before. Most handlers never
 * ask, so signal and timer are made when they are asked for.
 */
export class CallLifetime {
  #deadlineMs: number;
  #reason: MeshError | undefined;
  #controller: AbortController | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #settled: AbortController | undefined;

  /** The lifetime that a call's headers give it. */
  static of(headers: MessageHeaders): CallLifetime {
    const deadline = Number(headers[CALL_HEADERS.deadline] ?? Number.NaN);
    const now = Date.now();
    return new CallLifetime(
      Number.isFinite(deadline) ? Math.min(deadline, now + LONGEST_TIMER_MS) : now + DEFAULT_BUDGET_MS,
    );
  }

  /** @param deadlineMs milliseconds since the epoch, not further away than a timer can wait. */
  constructor(deadlineMs: number) {
    this.#deadlineMs = deadlineMs;
  }

  /** When the caller stops waiting for the answer to begin; `Infinity` once it has begun and goes on. */
  get deadlineMs(): number {
    return this.#deadlineMs;
  }

  /** Aborts when nobody waits any more. */
  get signal(): AbortSignal {
    if (this.#controller !== undefined) return this.#controller.signal;
    this.#controller = new AbortController();
    if (this.#reason !== undefined) this.#controller.abort(this.#reason);
    else if (Number.isFinite(this.#deadlineMs)) {
      this.#timer = setTimeout(() => this.end(outOfTime()), Math.max(0, this.#deadlineMs - Date.now()));
    }
    return this.#controller.signal;
  }

  /** Nobody waits any more. Only the first reason counts. */
  end(reason: MeshError): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    clearTimeout(this.#timer);
    this.#controller?.abort(reason);
  }

  /** The answer has begun: from here on it takes the time it takes. */
  liftDeadline(): void {
    this.#deadlineMs = Number.POSITIVE_INFINITY;
    clearTimeout(this.#timer);
  }

  /** The call is done: the signal stays as it is. */
  settle(): void {
    clearTimeout(this.#timer);
    this.#settled?.abort(new MeshError("cancelled", "the call is done"));
  }

  /** Aborts as `signal` does, and when the call is done: for streams, which nobody else would close. */
  get streamSignal(): AbortSignal {
    this.#settled ??= new AbortController();
    return AbortSignal.any([this.signal, this.#settled.signal]);
  }

  /** Why an answer would be for nobody; `undefined` while somebody waits for it. */
  get reason(): MeshError | undefined {
    return this.#reason ?? (this.#deadlineMs <= Date.now() ? outOfTime() : undefined);
  }
}

function outOfTime(): MeshError {
  return new MeshError("deadline_exceeded", "the caller's time ran out");
}
