/** How often something took how long: an upper bound in milliseconds with the number of those that took up to it. */
export type LatencyBucket = readonly [upperMs: number, count: number];

const US_PER_MS = 1000;
/** Each doubling of time has this many buckets, so that a bucket's upper bound is at most 1/16 above its lower one. */
const STEPS = 16;
const STEP_BITS = 4;
/** The longest that is told apart: 2³¹ µs, over half an hour. */
const LONGEST_US = 2 ** 31 - 1;
const BUCKETS = (31 - STEP_BITS + 1) * STEPS;

/** Counts durations in buckets that grow with the duration: any range in under 2 KB, at a few nanoseconds each. */
export class LatencyHistogram {
  readonly #counts = new Uint32Array(BUCKETS);
  #total = 0;

  /** How many durations were recorded. */
  get total(): number {
    return this.#total;
  }

  record(ms: number): void {
    const us = Math.min(ms * US_PER_MS, LONGEST_US) | 0;
    const index = indexOf(us);
    this.#counts[index] = (this.#counts[index] ?? 0) + 1;
    this.#total++;
  }

  clear(): void {
    this.#counts.fill(0);
    this.#total = 0;
  }

  /** The buckets that hold something, shortest first. */
  buckets(): LatencyBucket[] {
    const found: LatencyBucket[] = [];
    for (let index = 0; index < BUCKETS; index++) {
      const count = this.#counts[index] ?? 0;
      if (count > 0) found.push([upperMs(index), count]);
    }
    return found;
  }
}

/** Buckets of several histograms as one: how percentiles of many instances are found, which cannot be averaged. */
export function mergeBuckets(all: Iterable<readonly LatencyBucket[]>): LatencyBucket[] {
  const counts = new Map<number, number>();
  for (const buckets of all) {
    for (const [upper, count] of buckets) counts.set(upper, (counts.get(upper) ?? 0) + count);
  }
  return [...counts].toSorted(([a], [b]) => a - b);
}

/** The duration in milliseconds that `share` (0 to 1) of all were within; `undefined` for none. */
export function percentile(buckets: readonly LatencyBucket[], share: number): number | undefined {
  const total = buckets.reduce((sum, [, count]) => sum + count, 0);
  let seen = 0;
  for (const [upper, count] of buckets) {
    seen += count;
    if (seen >= total * share) return upper;
  }
  return undefined;
}

// Below 16 µs each microsecond has its bucket; above, the leading bit chooses the octave and the next four the step.
function indexOf(us: number): number {
  if (us < STEPS) return Math.max(us, 0);
  const octave = 31 - Math.clz32(us) - STEP_BITS;
  return (octave + 1) * STEPS + ((us >>> octave) & (STEPS - 1));
}

function upperMs(index: number): number {
  if (index < STEPS) return (index + 1) / US_PER_MS;
  const octave = (index >>> STEP_BITS) - 1;
  return ((STEPS + (index & (STEPS - 1)) + 1) * 2 ** octave) / US_PER_MS;
}
