/** The parts of a call's time, in the order they happen; `record` is before and after the mesh. */
export type TimingPart = "auth" | "body" | "rule" | "record" | "mesh" | "fn" | "out";

/**
 * Where a call's time went, as a `Server-Timing` header (W3C). Parts are whole microseconds, so that they add up to
 * `total` exactly.
 */
export class ServerTiming {
  readonly #startedAt = performance.now();
  readonly #partsUs: Partial<Record<TimingPart, number>> = {};
  #lastUs = 0;

  /** Ends the part that ran since the last lap; one that ran before goes on. */
  lap(part: TimingPart): void {
    const nowUs = this.#elapsedUs();
    this.#partsUs[part] = (this.#partsUs[part] ?? 0) + nowUs - this.#lastUs;
    this.#lastUs = nowUs;
  }

  /** Ends the round trip to the worker, of which the worker says that `handlerMs` were its handler's. */
  lapRoundTrip(handlerMs: number | undefined): void {
    this.lap("mesh");
    if (handlerMs === undefined) return;
    const roundTripUs = this.#partsUs.mesh ?? 0;
    // A foreign clock may run fast: the handler cannot have taken longer than the round trip.
    const handlerUs = Math.min(roundTripUs, Math.max(0, Math.round(handlerMs * 1000)));
    this.#partsUs.mesh = roundTripUs - handlerUs;
    this.#partsUs.fn = handlerUs;
  }

  /** Everything since the start, in seconds. */
  get elapsedSeconds(): number {
    return this.#elapsedUs() / 1e6;
  }

  /** The header's value; what ran since the last lap is `out`. */
  header(): string {
    this.lap("out");
    const { body, auth, rule, record, mesh, fn, out } = this.#partsUs;
    const parts = metric("auth", auth) + metric("body", body) + metric("rule", rule);
    return `${parts}${metric("record", record)}${metric("mesh", mesh)}${metric("fn", fn)}${metric("out", out)}total;dur=${inMs(this.#lastUs)}`;
  }

  #elapsedUs(): number {
    return Math.round((performance.now() - this.#startedAt) * 1000);
  }
}

function metric(part: TimingPart, us: number | undefined): string {
  return us === undefined ? "" : `${part};dur=${inMs(us)}, `;
}

// Writing a fraction costs more than reading the clock: it is looked up.
const WITHIN_A_MS = Array.from({ length: 1000 }, (_, us) => `0.${String(us).padStart(3, "0")}`);

function inMs(us: number): string {
  return WITHIN_A_MS[us] ?? `${Math.floor(us / 1000)}${WITHIN_A_MS[us % 1000]?.slice(1)}`;
}
