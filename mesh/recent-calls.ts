import { LatencyHistogram, mergeBuckets, percentile } from "./latency-histogram.ts";
import type { RecentCalls } from "./service-info.ts";

/** The window consists of two halves, the younger of which is being filled: it covers one to two of these. */
const HALF_MS = 30_000;

/** How the calls of about the last minute went, in bounded memory. */
export class RecentCallsWindow {
  readonly #now: () => number;
  #older: Half;
  #younger: Half;

  /** @param now a clock in milliseconds. */
  constructor(now: () => number) {
    this.#now = now;
    this.#older = new Half(now());
    this.#younger = new Half(now());
  }

  record(ms: number, isError: boolean): void {
    this.#moveOn();
    this.#younger.latencies.record(ms);
    if (isError) this.#younger.errors++;
  }

  summary(): RecentCalls {
    const now = this.#moveOn();
    const [older, younger] = [this.#older, this.#younger];
    const buckets = mergeBuckets([older.latencies.buckets(), younger.latencies.buckets()]);
    return {
      window_seconds: Math.round(now - older.startedAt) / 1000,
      requests: older.latencies.total + younger.latencies.total,
      errors: older.errors + younger.errors,
      p50_ms: percentile(buckets, 0.5) ?? null,
      p99_ms: percentile(buckets, 0.99) ?? null,
      latency_ms: buckets,
    };
  }

  #moveOn(): number {
    const now = this.#now();
    const age = now - this.#younger.startedAt;
    if (age < HALF_MS) return now;
    [this.#older, this.#younger] = [this.#younger, this.#older];
    this.#younger.restart(now);
    // Before a long silence is not recent.
    if (age >= 2 * HALF_MS) this.#older.restart(now - HALF_MS);
    return now;
  }
}

class Half {
  readonly latencies = new LatencyHistogram();
  startedAt: number;
  errors = 0;

  constructor(startedAt: number) {
    this.startedAt = startedAt;
  }

  restart(at: number): void {
    this.startedAt = at;
    this.errors = 0;
    this.latencies.clear();
  }
}
