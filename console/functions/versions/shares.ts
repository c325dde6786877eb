import type { Traffic } from "../../../mesh/function.ts";

/**
 * Gives a version so many percent of the calls. The others keep their proportion of the rest; where none of them has
 * any, the first of them gets it. It always adds up to 100.
 */
export function withShare(shares: Traffic, version: number, percent: number): Traffic {
  const own = Math.min(100, Math.max(0, Math.round(percent)));
  const others = Object.entries(shares).filter(([name]) => name !== String(version));
  if (others.length === 0) return { [version]: 100 };
  const sum = others.reduce((all, [, share]) => all + share, 0);
  const rest = 100 - own;
  const exact = others.map(([name, share], index) => ({
    name,
    share: sum === 0 ? (index === others.length - 1 ? rest : 0) : (share * rest) / sum,
  }));
  return { ...inWholes(exact, rest), [version]: own };
}

/** What is cut off goes to where most was. */
function inWholes(exact: readonly { readonly name: string; readonly share: number }[], total: number): Traffic {
  const whole = exact.map(({ name, share }) => ({ name, share: Math.floor(share), cut: share % 1 }));
  const missing = total - whole.reduce((all, { share }) => all + share, 0);
  const lucky = new Set(
    whole
      .toSorted((a, b) => b.cut - a.cut)
      .slice(0, missing)
      .map(({ name }) => name),
  );
  return Object.fromEntries(whole.map(({ name, share }) => [name, share + (lucky.has(name) ? 1 : 0)]));
}
