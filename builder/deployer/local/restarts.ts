import { DeployError } from "../deploy-error.ts";

/** Ends in a row after which a version is said to keep ending. */
const LOOP = 5;
const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 30_000;
/** Who ran as long as this has nothing to do with the ends before. */
const PROVEN_MS = 60_000;
/** Who took calls for as long as this, and then ended, does not keep ending: it is never long until its next start. */
const WORKED_MS = 2_000;
const FEW = 2;
/** So long a call may be kept waiting for one that has worked before. */
const SHORT_MS = 1_000;

/** Decides when a version whose instances end by themselves is started again: later each time. */
export class Restarts {
  readonly #now: () => number;
  #ends = 0;
  #notBeforeMs = 0;
  #last: DeployError | undefined;
  #wasUp = false;

  /** @param now a clock in milliseconds. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Takes note of an end that nobody asked for. `upMs`: how long it had taken calls; `undefined` when it never did. */
  ended(error: DeployError, upMs: number | undefined): void {
    if (upMs !== undefined && upMs >= WORKED_MS) this.#ends = upMs >= PROVEN_MS ? 0 : Math.min(this.#ends, FEW);
    const waitMs = Math.min(FIRST_WAIT_MS * 2 ** this.#ends, LONGEST_WAIT_MS);
    this.#ends++;
    this.#notBeforeMs = this.#now() + waitMs;
    this.#last = error;
    this.#wasUp = upMs !== undefined;
  }

  /** It took calls until it was asked to end. */
  wentWell(): void {
    this.#ends = 0;
    this.#notBeforeMs = 0;
    this.#last = undefined;
  }

  /** Why there was none at last; `undefined` when all went well. */
  get last(): DeployError | undefined {
    return this.#last;
  }

  /** Whether it keeps ending. */
  get isLooping(): boolean {
    return this.#ends >= LOOP;
  }

  /** Milliseconds until it may be started again. */
  get waitMs(): number {
    return Math.max(0, this.#notBeforeMs - this.#now());
  }

  /**
   * Why nobody should wait for the next start; `undefined` when it is soon, or now. What never took calls is not waited for at all:
   * calls that come faster than it fails would hang behind it.
   */
  get refusal(): DeployError | undefined {
    const { waitMs } = this;
    if (this.#last === undefined || waitMs === 0 || (this.#wasUp && waitMs <= SHORT_MS)) return undefined;
    const { code, message } = this.#last;
    const when = `it is started again in ${Math.ceil(waitMs / 1000)} s`;
    const isLoop = this.isLooping && code !== "out_of_memory" && code !== "secret_missing";
    return new DeployError(isLoop ? "crash_loop" : code, `${message}\n(${this.#ends} times in a row; ${when})`, {
      cause: this.#last,
    });
  }
}
