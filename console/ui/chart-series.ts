import type { Sample } from "./sparkline-path.ts";

/** A colour of a chart: a number for one of several things, a word where it means something. */
export type ChartColour = 1 | 2 | 3 | 4 | 5 | "good" | "warning" | "bad";

/** Lines for how much there was at a time; bars for how many there were in a part of it. */
export type ChartKind = "line" | "bars";

/** One line of a chart. */
export interface ChartSeries {
  readonly name: string;
  /** As many as there are times; `null` where nothing was known. */
  readonly values: readonly Sample[];
  readonly colour?: ChartColour;
}

const FALLBACKS: readonly ChartColour[] = [1, 2, 3, 4, 5];

/** The token of a series' colour. */
export function colourToken({ colour }: ChartSeries, index: number): string {
  const chosen = colour ?? FALLBACKS[index % FALLBACKS.length] ?? 1;
  return typeof chosen === "number" ? `--chart-${chosen}` : `--${chosen}-line`;
}

/** What says most about a series in one number: the last known value, or the sum of what was counted. */
export function summedUp({ values }: Pick<ChartSeries, "values">, kind: ChartKind): Sample {
  const known = values.filter((value) => value !== null);
  if (kind === "bars") return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
  return known.at(-1) ?? null;
}

/** Where a known value has none beside it: a line has nothing to draw there. */
export function isolated(values: readonly (Sample | undefined)[]): number[] {
  const isKnown = (index: number): boolean => typeof values[index] === "number";
  return values.flatMap((_, index) => (isKnown(index) && !isKnown(index - 1) && !isKnown(index + 1) ? [index] : []));
}

/** What a chart shows, in a sentence, for those who do not see it. */
export function describeSeries(
  series: ChartSeries,
  format: (value: Sample) => string,
  kind: ChartKind = "line",
): string {
  const known = series.values.filter((value) => value !== null);
  if (known.length === 0) return `${series.name}: nothing known`;
  const [least, most] = [Math.min(...known), Math.max(...known)];
  const now = `${format(summedUp(series, kind))} ${kind === "bars" ? "in all" : "now"}`;
  return `${series.name}: ${now}, between ${format(least)} and ${format(most)}`;
}
