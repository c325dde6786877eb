import type { Traffic } from "../mesh/function.ts";

/** The versions that get calls, in order. */
export function servedVersions(traffic: Traffic): readonly number[] {
  return Object.entries(traffic)
    .filter(([, percent]) => percent > 0)
    .map(([version]) => Number(version))
    .toSorted((one, other) => one - other);
}

/**
 * Gives a version so many percent of the calls; the others keep their proportion of the rest. Without others it gets all of them.
 * Doing it again changes nothing.
 * @param others where calls went so far, without the version.
 */
export function withShare(
  others: Traffic,
  { version, percent }: { readonly version: number; readonly percent: number },
): Traffic {
  const shares = Object.entries(others).filter(([, share]) => share > 0);
  if (shares.length === 0) return { [version]: 100 };
  const own = percent > 0 ? { [version]: percent } : {};
  return { ...Object.fromEntries(apportioned(shares, 100 - percent).filter(([, share]) => share > 0)), ...own };
}

/** Divides a whole number by proportions into whole numbers: what is left goes to where most was cut off. */
function apportioned(shares: readonly (readonly [string, number])[], total: number): [string, number][] {
  const sum = shares.reduce((all, [, share]) => all + share, 0);
  const exact = shares.map(([name, share]) => ({
    name,
    whole: Math.floor((share * total) / sum),
    cut: (share * total) % sum,
  }));
  const missing = total - exact.reduce((all, { whole }) => all + whole, 0);
  const lucky = new Set(
    exact
      .toSorted((one, other) => other.cut - one.cut)
      .slice(0, missing)
      .map(({ name }) => name),
  );
  return exact.map(({ name, whole }) => [name, whole + (lucky.has(name) ? 1 : 0)]);
}
