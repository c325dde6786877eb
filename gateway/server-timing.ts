/** The parts of a call's time, in the order they happen. */
export type TimingPart = "body" | "auth" | "rule" | "mesh" | "fn" | "out";

/**
 * Where a call's time went, as a `Server-Timing` header (W3C). Parts are whole microseconds, so that they add up to
 * `total` exactly.
 */
export class ServerTiming {
  readonly #startedAt: number;
  #lastUs = 0;
  #text = "";

  constructor() {
    this.#startedAt = performance.now();
  }

  /** Ends the part that ran since the last lap. */
  lap(part: TimingPart): void {
    const nowUs = this.#elapsedUs();
    this.#add(part, nowUs - this.#lastUs);
    this.#lastUs = nowUs;
  }

  /** Ends the round trip to the worker, of which the worker says that `handlerMs` were its handler's. */
  lapRoundTrip(handlerMs: number | undefined): void {
    const nowUs = this.#elapsedUs();
    const roundTripUs = nowUs - this.#lastUs;
    // A foreign clock may run fast: the handler cannot have taken longer than the round trip.
    const handlerUs = Math.min(roundTripUs, Math.max(0, Math.round((handlerMs ?? 0) * 1000)));
    this.#add("mesh", roundTripUs - handlerUs);
    if (handlerMs !== undefined) this.#add("fn", handlerUs);
    this.#lastUs = nowUs;
  }

  /** Everything since the start, in seconds. */
  get elapsedSeconds(): number {
    return this.#elapsedUs() / 1e6;
  }

  /** The header's value; what ran since the last lap is `out`. */
  header(): string {
    this.lap("out");
    return `${this.#text}total;dur=${inMs(this.#lastUs)}`;
  }

  #elapsedUs(): number {
    return Math.round((performance.now() - this.#startedAt) * 1000);
  }

  #add(part: TimingPart, us: number): void {
    this.#text += `${part};dur=${inMs(us)}, `;
  }
}

// Writing a fraction costs more than reading the clock; nearly all parts are within a table's first millisecond.
const WITHIN_A_MS = Array.from({ length: 1000 }, (_, us) => `0.${String(us).padStart(3, "0")}`);

function inMs(us: number): string {
  return WITHIN_A_MS[us] ?? (us / 1000).toFixed(3);
}
