import type { Sample } from "./sparkline-path.ts";

/** A colour of a chart: a number for one of several things, a word where it means something. */
export type ChartColour = 1 | 2 | 3 | 4 | 5 | "good" | "warning" | "bad";

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

/** The last known value. */
export function lastValue({ values }: ChartSeries): Sample {
  return values.findLast((value) => value !== null) ?? null;
}

/** What a chart shows, in a sentence, for those who do not see it. */
export function describeSeries(series: ChartSeries, format: (value: Sample) => string): string {
  const known = series.values.filter((value) => value !== null);
  if (known.length === 0) return `${series.name}: nothing known`;
  const [least, most] = [Math.min(...known), Math.max(...known)];
  return `${series.name}: ${format(lastValue(series))} now, between ${format(least)} and ${format(most)}`;
}
