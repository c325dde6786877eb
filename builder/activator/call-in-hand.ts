import type { IncomingMessage, Message } from "../../mesh/broker.ts";
import { CALL_HEADERS, encodeFailure, offeredBody } from "../../mesh/call.ts";
import { MeshError } from "../../mesh/errors.ts";
import type { Log } from "../../mesh/log.ts";
import type { FunctionAddress } from "../../mesh/names.ts";

/** A call without a deadline of its own (a foreign caller) gets this much. */
const DEFAULT_BUDGET_MS = 10_000;
/** What a timer can wait for; with more it would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** A call that nobody served when it was made, for as long as somebody waits for its answer. */
export class CallInHand {
  /** Empty for a caller that gave it none: nobody can ask for it or give it up. */
  readonly id: string;
  readonly to: FunctionAddress;
  readonly message: IncomingMessage;
  readonly deadlineMs: number;
  /** Whether an instance has it, and says so to those who ask. */
  isHandedOver = false;
  /** Whether it has left here in any way. */
  mayHaveRun = false;
  readonly #ending = new AbortController();
  readonly #timer: ReturnType<typeof setTimeout>;
  readonly #log: Log;

  constructor(message: IncomingMessage, { to, log }: { readonly to: FunctionAddress; readonly log: Log }) {
    const deadline = Number(message.headers[CALL_HEADERS.deadline] ?? Number.NaN);
    const budgetMs = Number.isFinite(deadline) ? deadline - Date.now() : DEFAULT_BUDGET_MS;
    const leftMs = Math.min(Math.max(0, budgetMs), LONGEST_TIMER_MS);
    this.id = message.headers[CALL_HEADERS.id] ?? "";
    this.to = to;
    this.message = message;
    this.deadlineMs = Date.now() + leftMs;
    this.#log = log.with({ ...to, callId: this.id });
    this.#timer = setTimeout(() => this.end(outOfTime()), leftMs);
  }

  /** Whether it may run twice: its caller says so, and all of it is at hand. */
  get isIdempotent(): boolean {
    const { headers } = this.message;
    return headers[CALL_HEADERS.idempotencyKey] !== undefined && offeredBody(headers) === undefined;
  }

  /** Aborts when nobody waits for the answer any more. */
  get signal(): AbortSignal {
    return this.#ending.signal;
  }

  /** How long until the deadline, in milliseconds; 1 at least. */
  get leftMs(): number {
    return Math.max(1, this.deadlineMs - Date.now());
  }

  /** Nobody waits for it any more, or is to. Only the first reason counts. */
  end(reason: MeshError): void {
    this.#ending.abort(reason);
  }

  /** The answer has begun, and takes the time it takes; or the call is done. */
  liftDeadline(): void {
    clearTimeout(this.#timer);
  }

  /** @throws MeshError `payload_too_large` when it does not fit into a message. */
  answer(message: Message): void {
    this.message.reply(message);
  }

  /** Says why there is no answer; nothing to who has given up. */
  refuse(error: MeshError): void {
    if (error.code === "cancelled") return;
    try {
      this.message.reply(encodeFailure(error, { callId: this.id }));
    } catch (reason) {
      this.#log.warn("an error could not be sent to the caller", { error: reason });
    }
  }
}

function outOfTime(): MeshError {
  return new MeshError("deadline_exceeded", "the caller's time ran out");
}
