import type { Clock } from "./clock.ts";

/** Somebody who waits, but not for ever. */
export interface Patient {
  /** Milliseconds since the epoch; `Infinity` for who has been told already. */
  readonly untilMs: number;
  /** Its time is over. */
  late(): void;
}

/** Longest that timers wait: a longer wait would not be one (HTML, 8.6). */
const LONGEST_MS = 2 ** 31 - 1;

/** Tells many when their time is over, with one timer: one for each would cost a call more than to be recorded does. */
export class Deadlines {
  readonly #clock: Clock;
  readonly #waiting: () => Iterable<Patient>;
  #nextMs = Number.POSITIVE_INFINITY;
  #cancel: (() => void) | undefined;

  /** @param waiting gives all who wait. */
  constructor(clock: Clock, waiting: () => Iterable<Patient>) {
    this.#clock = clock;
    this.#waiting = waiting;
  }

  /** Somebody waits until then. */
  add(untilMs: number): void {
    if (untilMs >= this.#nextMs) return;
    this.#cancel?.();
    this.#nextMs = untilMs;
    const inMs = Math.max(0, untilMs - this.#clock.now());
    this.#cancel = this.#clock.after(Math.min(inMs, LONGEST_MS), () => this.#tell());
  }

  close(): void {
    this.#cancel?.();
  }

  #tell(): void {
    this.#nextMs = Number.POSITIVE_INFINITY;
    const now = this.#clock.now();
    let soonestMs = Number.POSITIVE_INFINITY;
    for (const each of this.#waiting()) {
      if (each.untilMs <= now) each.late();
      else soonestMs = Math.min(soonestMs, each.untilMs);
    }
    this.add(soonestMs);
  }
}
