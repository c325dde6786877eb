import { ArrowDown, ArrowUp } from "lucide-react";
import type { ReactNode } from "react";
import { type Column, type Sorting, nextSorting } from "./column.ts";
import styles from "./table.module.css";

/** What stands in the head of a column; a button, if the table can be sorted by it. */
export function ColumnHeader<Row>({
  column,
  sorting,
  onSort,
}: {
  readonly column: Column<Row>;
  readonly sorting: Sorting | undefined;
  readonly onSort: (sorting: Sorting | undefined) => void;
}): ReactNode {
  if (column.sortBy === undefined) return column.header;
  const isSorted = sorting?.column === column.id;
  const Icon = isSorted && sorting.isDescending ? ArrowDown : ArrowUp;
  return (
    <button type="button" className={styles["sort"]} onClick={() => onSort(nextSorting(sorting, column.id))}>
      {column.header}
      <Icon aria-hidden="true" {...(!isSorted && { "data-idle": "" })} />
    </button>
  );
}

/** The `aria-sort` of a column's header. */
export function ariaSort<Row>(
  column: Column<Row>,
  sorting: Sorting | undefined,
): "ascending" | "descending" | undefined {
  if (sorting?.column !== column.id) return undefined;
  return sorting.isDescending ? "descending" : "ascending";
}
