import type { ReactNode } from "react";

/** A column of a table. */
export interface Column<Row> {
  readonly id: string;
  readonly header: ReactNode;
  readonly cell: (row: Row) => ReactNode;
  /** Numbers stand at the end, and all digits are of one width. */
  readonly align?: "start" | "end" | "number";
  /** CSS: `12rem`, `minmax(8rem, 2fr)`. In a `Table` only lengths. Default: what it needs; in a `VirtualTable` `minmax(6rem, 1fr)`. */
  readonly width?: string;
  /** What the column is sorted by; without, it cannot be. */
  readonly sortBy?: (row: Row) => string | number;
  readonly isNoWrap?: boolean;
}

/** Which column a table is sorted by. */
export interface Sorting {
  readonly column: string;
  readonly isDescending: boolean;
}

/** The rows in order; nothing is changed in place. */
export function sortRows<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  sorting: Sorting | undefined,
): readonly Row[] {
  const key = columns.find(({ id }) => id === sorting?.column)?.sortBy;
  if (key === undefined || sorting === undefined) return rows;
  const sign = sorting.isDescending ? -1 : 1;
  return rows.toSorted((a, b) => {
    const [left, right] = [key(a), key(b)];
    if (typeof left === "number" && typeof right === "number") return sign * (left - right);
    return sign * String(left).localeCompare(String(right), "en", { numeric: true });
  });
}

/** What a press on a header makes of the sorting: up, down, not at all. */
export function nextSorting(current: Sorting | undefined, column: string): Sorting | undefined {
  if (current?.column !== column) return { column, isDescending: false };
  return current.isDescending ? undefined : { column, isDescending: true };
}
