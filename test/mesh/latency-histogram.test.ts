import fc from "fast-check";
import { expect, test } from "vitest";
import { LatencyHistogram, mergeBuckets, percentile } from "../../mesh/latency-histogram.ts";

function histogramOf(durations: readonly number[]): LatencyHistogram {
  const histogram = new LatencyHistogram();
  for (const ms of durations) histogram.record(ms);
  return histogram;
}

test("a duration's bucket ends a microsecond or a sixteenth above it at most", () => {
  const duration = fc.double({ min: 0, max: 2_000_000, noNaN: true });
  fc.assert(
    fc.property(duration, (ms) => {
      const [[upper, count] = [0, 0], ...others] = histogramOf([ms]).buckets();
      expect([count, others]).toEqual([1, []]);
      expect(upper).toBeGreaterThan(ms);
      expect(upper).toBeLessThanOrEqual((ms + 0.001) * (1 + 1 / 16) + 1e-9);
    }),
  );
});

test.each([Number.NaN, -1, -0.0001, 0])("%d ms is counted as no time at all", (ms) => {
  expect(histogramOf([ms]).buckets()).toEqual([[0.001, 1]]);
});

test("what takes longer than half an hour is counted as half an hour", () => {
  expect(histogramOf([Number.POSITIVE_INFINITY, 1e12, 2 ** 31]).buckets()).toEqual([[2 ** 31 / 1000, 3]]);
});

test("percentiles are those of the durations, as exactly as the buckets are", () => {
  const durations = Array.from({ length: 1000 }, (_, index) => (index + 1) / 10);
  const buckets = histogramOf(durations).buckets();
  for (const [share, exact] of [
    [0.5, 50],
    [0.99, 99],
    [1, 100],
  ] as const) {
    expect(percentile(buckets, share)).toBeGreaterThanOrEqual(exact);
    expect(percentile(buckets, share)).toBeLessThan(exact * 1.07);
  }
  expect(percentile([], 0.5)).toBeUndefined();
});

test("merged buckets are those of all durations together", () => {
  const durations = fc.array(fc.double({ min: 0, max: 60_000, noNaN: true }));
  fc.assert(
    fc.property(durations, durations, (some, others) => {
      const merged = mergeBuckets([histogramOf(some).buckets(), histogramOf(others).buckets()]);
      expect(merged).toEqual(histogramOf([...some, ...others]).buckets());
    }),
  );
});

test("clearing forgets everything", () => {
  const histogram = histogramOf([1, 2, 3]);
  histogram.clear();
  expect([histogram.total, histogram.buckets()]).toEqual([0, []]);
});
