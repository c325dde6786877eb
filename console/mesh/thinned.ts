import type { Sample } from "../ui/sparkline-path.ts";

/** At most so many values as a small chart can show: each the mean of those that it stands for. */
export function thinned(values: readonly Sample[], most: number): readonly Sample[] {
  if (values.length <= most) return values;
  const size = Math.ceil(values.length / most);
  const parts: Sample[] = [];
  // From the end, so that the last one is never of a few values only.
  for (let end = values.length; end > 0; end -= size) parts.unshift(mean(values.slice(Math.max(0, end - size), end)));
  return parts;
}

function mean(values: readonly Sample[]): Sample {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}
