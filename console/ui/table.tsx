import { type ReactNode, useMemo, useState } from "react";
import { classNames } from "./class-names.ts";
import { type Column, type Sorting, sortRows } from "./column.ts";
import { ColumnHeader, ariaSort } from "./column-header.tsx";
import { focusRow } from "./focus-row.ts";
import { isOnControl } from "./is-on-control.ts";
import styles from "./table.module.css";
import { useListKeys } from "./use-list-keys.ts";

/** A table of some rows. For thousands, see `VirtualTable`. */
export function Table<Row>({
  label,
  columns,
  rows,
  rowKey,
  onOpen,
  hasListKeys = onOpen !== undefined,
  initialSorting,
  empty,
}: {
  /** What the rows are, read out. */
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
  /** A row was pressed, or Enter at it. Put a link into its first cell, too. */
  readonly onOpen?: ((row: Row) => void) | undefined;
  /** Whether `j` and `k` go through it: for one table of a page. */
  readonly hasListKeys?: boolean;
  readonly initialSorting?: Sorting;
  /** Shown when there are no rows: an `EmptyState`. */
  readonly empty?: ReactNode;
}): ReactNode {
  const [sorting, setSorting] = useState(initialSorting);
  const sorted = useMemo(() => sortRows(rows, columns, sorting), [rows, columns, sorting]);
  const open = (index: number): void => {
    const row = sorted[index];
    if (row !== undefined) onOpen?.(row);
  };
  const { index: current } = useListKeys({ count: sorted.length, onOpen: open, isOn: hasListKeys });
  if (rows.length === 0 && empty !== undefined) return empty;

  return (
    <div className={styles["scroll"]}>
      <table className={styles["table"]} aria-label={label}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th
                key={column.id}
                scope="col"
                className={classNames(styles["headCell"], column.align && styles[column.align])}
                aria-sort={ariaSort(column, sorting)}
                style={{ width: column.width }}
              >
                <ColumnHeader column={column} sorting={sorting} onSort={setSorting} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {sorted.map((row, index) => (
            <tr
              key={rowKey(row)}
              ref={index === current ? focusRow : undefined}
              tabIndex={-1}
              className={classNames(styles["row"], onOpen && styles["opens"])}
              data-current={index === current || undefined}
              onClick={(event) => !isOnControl(event.target) && onOpen?.(row)}
            >
              {columns.map((column) => (
                <td
                  key={column.id}
                  className={classNames(
                    styles["cell"],
                    column.align && styles[column.align],
                    column.isNoWrap && styles["nowrap"],
                  )}
                >
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
