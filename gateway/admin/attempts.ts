import { MeshError } from "../../mesh/errors.ts";
import { SecretHash } from "../secret-hash.ts";

/** How many attempts are looked at at once. */
const AT_ONCE = 5;
/** After that, one in this time. */
const EVERY_MS = 1000;
/** How many wait until it is their turn; more are sent away. */
const WAITING = 2;
/** Names share this many counts, so that trying many names takes no memory. */
const COUNTS = 65_536;

/** What counting attempts needs. */
export interface AttemptParts {
  /** Clock, in milliseconds since the epoch. */
  readonly now: () => number;
  readonly pause: (ms: number) => Promise<void>;
}

/**
 * Bounds how often passwords are tried for a name, alike for names that somebody has and those that nobody has. Nobody is locked out:
 * while others fail, an attempt waits for its turn, and is sent away only where several wait already.
 */
export class Attempts {
  readonly #parts: AttemptParts;
  /** When the failures of each count will be forgiven. */
  readonly #forgivenMs = new Float64Array(COUNTS);
  /** Its key is secret, so that nobody finds a name that shares a count with a certain other one. */
  readonly #hash = new SecretHash();

  constructor(parts: AttemptParts) {
    this.#parts = parts;
  }

  /**
   * Counts an attempt as a failure, and waits for its turn. Returns what takes it back, for when it was good.
   *
   * @throws MeshError `rate_limited` where too many wait; then it is not to be looked at.
   */
  async begin(name: string): Promise<() => void> {
    const { now, pause } = this.#parts;
    const count = await this.#countOf(name);
    const nowMs = now();
    const untilMs = Math.max(nowMs, this.#forgivenMs[count] ?? 0) + EVERY_MS;
    const waitMs = untilMs - nowMs - AT_ONCE * EVERY_MS;
    const tooLongMs = waitMs - WAITING * EVERY_MS;
    if (tooLongMs > 0) {
      const message = "too many attempts to log in by this name; try again in a moment";
      throw new MeshError("rate_limited", message, { retryAfterSeconds: Math.ceil(tooLongMs / 1000) });
    }
    this.#forgivenMs[count] = untilMs;
    if (waitMs > 0) await pause(waitMs);
    return () => {
      this.#forgivenMs[count] = (this.#forgivenMs[count] ?? 0) - EVERY_MS;
    };
  }

  async #countOf(name: string): Promise<number> {
    const [high = 0, low = 0] = await this.#hash.of(name);
    return high * 256 + low;
  }
}
