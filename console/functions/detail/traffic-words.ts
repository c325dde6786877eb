import type { Traffic } from "../../../mesh/function.ts";

/** Percent of the calls of one version. */
export interface Share {
  readonly version: number;
  readonly percent: number;
}

/** The versions that get calls, newest first. */
export function sharesOf(traffic: Traffic): readonly Share[] {
  return Object.entries(traffic)
    .map(([version, percent]) => ({ version: Number(version), percent }))
    .filter(({ percent }) => percent > 0)
    .toSorted((a, b) => b.version - a.version);
}

/** `All calls go to version 3`; `90 % of the calls go to version 2 and 10 % to version 3`. */
export function trafficInWords(traffic: Traffic): string {
  const shares = sharesOf(traffic).toSorted((a, b) => b.percent - a.percent);
  const [first, ...others] = shares;
  if (first === undefined) return "No version gets calls yet";
  if (others.length === 0) return `All calls go to version ${first.version}`;
  const rest = others.map(({ version, percent }) => `${percent} % to version ${version}`);
  const last = rest.pop() ?? "";
  const before = rest.length === 0 ? "" : `, ${rest.join(", ")}`;
  return `${first.percent} % of the calls go to version ${first.version}${before} and ${last}`;
}

/** Whether calls go to the same versions in the same proportion. */
export function isSameTraffic(one: Traffic, other: Traffic): boolean {
  const [a, b] = [sharesOf(one), sharesOf(other)];
  return a.length === b.length && a.every(({ version, percent }) => (other[version] ?? 0) === percent);
}
