/** A value at a time; `null` where nothing was known. */
export type Sample = number | null;

/**
 * The lines of a small chart in a box of this size, as SVG paths: one piece for each run of known values.
 * The scale begins at zero, so that charts beside each other can be compared.
 */
export function sparklinePaths(
  values: readonly Sample[],
  { width, height, max }: { readonly width: number; readonly height: number; readonly max?: number | undefined },
): { readonly line: string; readonly area: string } {
  const top = max ?? Math.max(0, ...values.filter((value) => value !== null));
  const stepX = values.length > 1 ? width / (values.length - 1) : width;
  const y = (value: number): number => height - (top === 0 ? 0 : (Math.min(value, top) / top) * (height - 2)) - 1;
  let [line, area] = ["", ""];
  let run: string[] = [];
  let runStart = 0;
  const endRun = (end: number): void => {
    if (run.length > 0) {
      line += `M${run.join("L")}`;
      area += `M${round(runStart * stepX)},${height}L${run.join("L")}L${round((end - 1) * stepX)},${height}Z`;
    }
    run = [];
  };
  values.forEach((value, index) => {
    if (value === null) return endRun(index);
    if (run.length === 0) runStart = index;
    run.push(`${round(index * stepX)},${round(y(value))}`);
  });
  endRun(values.length);
  return { line, area };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
