import type { EventFigures } from "../../mesh/event-summary.ts";
import { middleOf } from "./duration-bands.ts";

/** Events that are alike, as a database counts them. */
export interface EventCount {
  readonly total: number;
  readonly pending: number;
  readonly failed: number;
  /** The band of their durations, and the longest of these; null for those without. */
  readonly band: number | null;
  readonly max_ms: number | null;
}

/** Adds up counts of events. */
export class EventTally {
  total = 0;
  failed = 0;
  #pending = 0;
  #maxMs: number | undefined;
  readonly #bands = new Map<number, number>();

  add({ total, pending, failed, band, max_ms: maxMs }: EventCount): void {
    this.total += total;
    this.failed += failed;
    this.#pending += pending;
    if (band === null || maxMs === null) return;
    this.#maxMs = Math.max(this.#maxMs ?? maxMs, maxMs);
    this.#bands.set(band, (this.#bands.get(band) ?? 0) + total);
  }

  figures(): EventFigures {
    const bands = [...this.#bands].toSorted(([one], [other]) => one - other);
    const timed = bands.reduce((sum, [, count]) => sum + count, 0);
    const percentile = (part: number): number | null => {
      const maxMs = this.#maxMs;
      if (maxMs === undefined) return null;
      let left = Math.ceil(part * timed);
      const [band = 0] = bands.find(([, count]) => (left -= count) <= 0) ?? [];
      return rounded(Math.min(middleOf(band), maxMs));
    };
    return {
      ...{ total: this.total, pending: this.#pending, failed: this.failed },
      ...{ p50Ms: percentile(0.5), p90Ms: percentile(0.9), p99Ms: percentile(0.99), maxMs: this.#maxMs ?? null },
    };
  }
}

/** No more digits than are known. */
function rounded(ms: number): number {
  return Number(ms.toPrecision(4));
}
