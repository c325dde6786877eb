import { MeshError } from "../../mesh/errors.ts";

/** The gateway says itself that the time is over; this much later, in milliseconds, it is not expected to any more. */
const GRACE_MS = 1000;

/** How long a request goes on: until it is read, its caller gives up, or nothing came in time. */
export class RequestLife {
  readonly #controller = new AbortController();
  readonly #given: AbortSignal | undefined;
  readonly #giveUp: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param timeoutMs How long the answer may take; a stream's beginning, not its end. `Infinity` for no limit. */
  constructor(signal: AbortSignal | undefined, timeoutMs: number) {
    this.#given = signal;
    this.#giveUp = () => this.#abort(signal?.reason);
    if (signal?.aborted === true) this.#giveUp();
    signal?.addEventListener("abort", this.#giveUp, { once: true });
    if (!Number.isFinite(timeoutMs)) return;
    const late = (): void =>
      this.#abort(new MeshError("deadline_exceeded", `no answer came within ${timeoutMs} milliseconds`));
    this.#timer = setTimeout(late, timeoutMs + GRACE_MS);
  }

  /** For the request. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** The answer has begun: from here on it takes the time it takes. */
  liftTimeout(): void {
    clearTimeout(this.#timer);
  }

  /** Ends the request, if it still goes on. */
  end(): void {
    this.#abort(new MeshError("cancelled", "the request is over"));
  }

  /** Why the request failed: because its caller gave up, because time was over, or else because the connection broke. */
  blame(error: unknown, broken: (cause: unknown) => MeshError): unknown {
    if (error instanceof MeshError) return error;
    if (this.#given?.aborted === true) return this.#given.reason;
    const reason: unknown = this.signal.reason;
    return this.signal.aborted && reason instanceof MeshError ? reason : broken(error);
  }

  #abort(reason: unknown): void {
    clearTimeout(this.#timer);
    this.#given?.removeEventListener("abort", this.#giveUp);
    this.#controller.abort(reason);
  }
}
