import type { EventRow } from "../events/event-row.ts";

/** One call of a trace, as a bar. */
export interface Bar {
  readonly row: EventRow;
  /** How many others it was made within. */
  readonly depth: number;
  /** Where it begins and how long it is, from 0 to 1 of the whole. */
  readonly start: number;
  readonly length: number;
  /** Milliseconds from the beginning of the trace. */
  readonly offsetMs: number;
}

/** A trace, drawn. */
export interface Waterfall {
  readonly bars: readonly Bar[];
  readonly totalMs: number;
}

/** A recorded time is a whole millisecond: what begins within another may seem to end this much after it. */
const BLUR_MS = 1;

/** The calls of a trace by when they began, each within the one that was under way the whole time. */
export function waterfallOf(rows: readonly EventRow[], now: number): Waterfall {
  const calls = rows
    .map((row) => ({
      row,
      from: row.at,
      to: row.at + (row.durationMs ?? (row.status === "PENDING" ? now - row.at : 0)),
    }))
    .toSorted((one, other) => one.from - other.from || other.to - one.to);
  const begin = calls[0]?.from ?? 0;
  const totalMs = Math.max(...calls.map(({ to }) => to - begin), 1);
  const around: { readonly to: number }[] = [];
  const bars = calls.map(({ row, from, to }): Bar => {
    while (around.length > 0 && (around.at(-1)?.to ?? 0) + BLUR_MS < to) around.pop();
    const depth = around.length;
    around.push({ to });
    const offsetMs = from - begin;
    return { row, depth, start: offsetMs / totalMs, length: Math.max(0, to - from) / totalMs, offsetMs };
  });
  return { bars, totalMs };
}
