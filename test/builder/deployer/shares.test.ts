import fc from "fast-check";
import { expect, test } from "vitest";
import { shares } from "../../../builder/deployer/local/shares.ts";
import { MAX_SHARE } from "../../../mesh/instance-report.ts";

test("the instances of one version have one subscription each", () => {
  expect(shares({ 1: 100 }, { 1: 3 })).toEqual({ 1: [1, 1, 1] });
});

test("two versions have as many as their percent says, in the smallest numbers", () => {
  expect(shares({ 1: 80, 2: 20 }, { 1: 1, 2: 1 })).toEqual({ 1: [4], 2: [1] });
  expect(shares({ 1: 99, 2: 1 }, { 1: 1, 2: 1 })).toEqual({ 1: [99], 2: [1] });
  expect(shares({ 1: 50, 2: 50 }, { 1: 1, 2: 4 })).toEqual({ 1: [4], 2: [1, 1, 1, 1] });
});

test("a version that no instance runs of leaves its part to the others", () => {
  expect(shares({ 1: 80, 2: 20 }, { 1: 2, 2: 0 })).toEqual({ 1: [1, 1] });
  expect(shares({ 1: 80, 2: 20 }, {})).toEqual({});
});

/** Percent by version that add up to 100, some of them nothing. */
const traffic = fc
  .array(fc.integer({ min: 0, max: 100 }), { minLength: 0, maxLength: 4 })
  .map((cuts) => [0, ...cuts.toSorted((a, b) => a - b), 100])
  .map((edges) =>
    Object.fromEntries(edges.slice(1).map((edge, index) => [String(index + 1), edge - (edges[index] ?? 0)])),
  );
const counts = fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 5, maxLength: 5 });

test("versions get their percent exactly, instances about as much as each other, and none more than it may", () => {
  fc.assert(
    fc.property(traffic, counts, (percents, instances) => {
      const byVersion = Object.fromEntries(instances.map((count, index) => [String(index + 1), count]));
      const result = shares(percents, byVersion);
      const expected = Object.keys(percents).filter(
        (version) => (percents[version] ?? 0) > 0 && (byVersion[version] ?? 0) > 0,
      );
      expect(Object.keys(result).toSorted()).toEqual(expected.toSorted());
      const totals = Object.entries(result).map(([version, each]) => {
        expect(each).toHaveLength(byVersion[version] ?? 0);
        expect(Math.max(...each) - Math.min(...each)).toBeLessThanOrEqual(1);
        expect(Math.max(...each)).toBeLessThanOrEqual(MAX_SHARE);
        return { percent: percents[version] ?? 0, total: each.reduce((sum, share) => sum + share, 0) };
      });
      for (const { percent, total } of totals) {
        expect(total).toBeGreaterThan(0);
        for (const other of totals) expect(total * other.percent).toBe(other.total * percent);
      }
    }),
  );
});
