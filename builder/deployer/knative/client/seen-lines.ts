import type { LogLine } from "../cluster.ts";

/**
 * Tells the lines of a log that are new from those that come again. A log is read on since a time, and that means since its
 * second: what was told already comes again, in the same order.
 */
export class SeenLines {
  #last: string | undefined;
  /** Of the lines of that very moment, how many were told, and how many came again. */
  #told = 0;
  #again = Number.POSITIVE_INFINITY;

  /** The time of the last line, of which it is to be read on. */
  get last(): string | undefined {
    return this.#last;
  }

  /** It is read on from there. */
  resume(): void {
    this.#again = 0;
  }

  /** Whether a line was not told yet; from then on it was. */
  isNew({ at }: LogLine): boolean {
    if (this.#last === undefined || at > this.#last) {
      this.#last = at;
      this.#told = 1;
      this.#again = Number.POSITIVE_INFINITY;
      return true;
    }
    if (at < this.#last) return this.#again === Number.POSITIVE_INFINITY;
    if (this.#again < this.#told) {
      this.#again += 1;
      return false;
    }
    this.#told += 1;
    this.#again = Number.POSITIVE_INFINITY;
    return true;
  }
}
