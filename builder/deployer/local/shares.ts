import type { Traffic } from "../../../mesh/function.ts";
import { MAX_SHARE } from "../../../mesh/instance-report.ts";

/** With so many subscriptions each, one more or less among the instances of a version hardly shows. */
const ENOUGH_TO_BE_EVEN = 4;

/**
 * How many queue subscriptions each instance of each version is to hold, so that the broker, which picks among all of them at
 * random, gives versions their percent exactly. Instances of one version differ by one at most. Versions without instances are left
 * out, and the others share what those would get.
 *
 * @param instances how many instances take calls, by version.
 * @returns by version, the share of each of its instances.
 */
export function shares(
  traffic: Traffic,
  instances: Readonly<Record<string, number>>,
): Readonly<Record<string, readonly number[]>> {
  const versions = Object.keys(traffic).flatMap((version) => {
    const [percent = 0, count = 0] = [traffic[version], instances[version]];
    return percent > 0 && count > 0 ? [{ version, percent, count }] : [];
  });
  const divisor = versions.reduce((sum, { percent }) => greatestCommonDivisor(sum, percent), 0);
  const parts = versions.map((each) => ({ ...each, part: each.percent / divisor }));
  const factor = bestFactor(parts);
  return Object.fromEntries(parts.map(({ version, part, count }) => [version, divided(part * factor, count)]));
}

interface Part {
  readonly part: number;
  readonly count: number;
}

/** The smallest factor that leaves no instance idle and is even enough; else the largest that there may be. */
function bestFactor(parts: readonly Part[]): number {
  const largest = Math.min(...parts.map(({ part, count }) => Math.floor((MAX_SHARE * count) / part)));
  const isEven = (factor: number): boolean =>
    parts.every(({ part, count }) => {
      const total = part * factor;
      return total >= count && (total % count === 0 || total >= count * ENOUGH_TO_BE_EVEN);
    });
  for (let factor = 1; factor <= largest; factor++) if (isEven(factor)) return factor;
  return Math.max(1, largest);
}

function divided(total: number, count: number): readonly number[] {
  const [each, rest] = [Math.floor(total / count), total % count];
  return Array.from({ length: count }, (_, index) => (index < rest ? each + 1 : each));
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
