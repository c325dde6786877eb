import type { EventSummary } from "../../mesh/event-summary.ts";
import type { TimeWindow } from "./search.ts";

/** A part of a list: the rows that began within some time. */
export interface Slice extends TimeWindow {
  /** The place of its newest row in the list. */
  readonly first: number;
  /** How many rows it was counted to have. */
  readonly total: number;
}

/** The most rows that a browser can lay out below each other. */
export const MOST_ROWS = 500_000;

/** Where the rows of a list are to be found: it begins with the newest, as lists do. Parts without any are left out. */
export function slicesOf({ buckets, until, bucketMs }: Pick<EventSummary, "buckets" | "until" | "bucketMs">): Slice[] {
  const end = Date.parse(until);
  let first = 0;
  return buckets.toReversed().flatMap(({ at, total }) => {
    if (total === 0 || first >= MOST_ROWS) return [];
    const since = Date.parse(at);
    const slice = { since, until: Math.min(since + bucketMs, end), first, total };
    first += total;
    return [slice];
  });
}

/** The places of the slices in which rows from `first` to `last` are. */
export function slicesAt(slices: readonly Slice[], first: number, last: number): number[] {
  return slices.flatMap((slice, place) => (slice.first <= last && slice.first + slice.total > first ? [place] : []));
}
