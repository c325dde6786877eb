import { useVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useCallback, useEffect, useEffectEvent, useRef, useState } from "react";
import { classNames } from "./class-names.ts";
import type { Column, Sorting } from "./column.ts";
import { ColumnHeader, ariaSort } from "./column-header.tsx";
import styles from "./table.module.css";
import { useListKeys } from "./use-list-keys.ts";
import { useShortcut } from "./use-shortcut.ts";
import { VirtualRow, WaitingRow } from "./virtual-row.tsx";

/** Rows in rem, so that they grow with the letters. */
const ROW_REM = 2.25;

/** How close to the end more is asked for, in rows. */
const NEAR_END = 20;

/** What a {@link VirtualTable} takes. */
export interface VirtualTableProps<Row> {
  /** What the rows are, read out. */
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  /** `undefined` where a row is known to be, but not what it says: it is drawn as one that is on its way. */
  readonly rows: readonly (Row | undefined)[];
  /** The same function at each rendering: another one has all rows laid out again. */
  readonly rowKey: (row: Row) => string;
  readonly onOpen?: ((row: Row) => void) | undefined;
  /** The row that is open beside it. */
  readonly openKey?: string | undefined;
  readonly hasListKeys?: boolean;
  /** CSS height of the whole table. Default: what is left of the window. */
  readonly height?: string;
  /** How far down it begins, in pixels: where somebody was who comes back. */
  readonly startAt?: number;
  /** Asked for when the end comes into sight: to load the next page. */
  readonly onEnd?: (() => void) | undefined;
  /** Told which rows are drawn, from the first to the last: to fetch those that are missing. */
  readonly onRange?: ((first: number, last: number) => void) | undefined;
  /** Sorting is the caller's: the rows come sorted. */
  readonly sorting?: Sorting | undefined;
  readonly onSort?: ((sorting: Sorting | undefined) => void) | undefined;
  readonly empty?: ReactNode;
}

/** A table of any number of rows, of which only those in sight are drawn: 100 000 scroll smoothly. */
export function VirtualTable<Row>({
  label,
  columns,
  rows,
  rowKey,
  onOpen,
  openKey,
  hasListKeys = onOpen !== undefined,
  height = "max(20rem, calc(100dvh - 16rem))",
  startAt = 0,
  onEnd,
  onRange,
  sorting,
  onSort,
  empty,
}: VirtualTableProps<Row>): ReactNode {
  const viewport = useRef<HTMLDivElement>(null);
  const [rowPx] = useState(() => {
    const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
    return Math.round(ROW_REM * rem);
  });
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => viewport.current,
    estimateSize: () => rowPx,
    overscan: 12,
    initialOffset: startAt,
    getItemKey: useCallback(
      (index: number) => {
        const row = rows[index];
        return row === undefined ? index : rowKey(row);
      },
      [rows, rowKey],
    ),
  });
  const open = (index: number): void => {
    const row = rows[index];
    if (row !== undefined) onOpen?.(row);
  };
  const { index: current, setIndex } = useListKeys({
    count: rows.length,
    onOpen: open,
    isOn: hasListKeys,
    firstInSight: () => Math.ceil((virtual.scrollOffset ?? 0) / rowPx),
  });
  useShortcut("Home", () => setIndex(0), { description: "First in the list", isOn: hasListKeys });
  useShortcut("End", () => setIndex(rows.length - 1), { description: "Last in the list", isOn: hasListKeys });
  useEffect(() => {
    if (current >= 0) virtual.scrollToIndex(current);
  }, [current, virtual]);

  const items = virtual.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? 0;
  const tellRange = useEffectEvent((from: number, to: number) => onRange?.(from, to));
  useEffect(() => {
    if (rows.length > 0) tellRange(first, last);
  }, [first, last, rows]);
  useEffect(() => {
    if (rows.length > 0 && last >= rows.length - NEAR_END) onEnd?.();
  }, [last, rows.length, onEnd]);

  if (rows.length === 0 && empty !== undefined) return empty;
  const template = columns.map(({ width }) => width ?? "minmax(6rem, 1fr)").join(" ");
  return (
    // A region that scrolls has to be reached by the keyboard.
    <div
      ref={viewport}
      className={styles["viewport"]}
      style={{ height }}
      tabIndex={0}
      role="region"
      aria-label={label}
      data-scroll-restoration-id={label}
    >
      <div className={styles["grid"]} role="table" aria-label={label} aria-rowcount={rows.length + 1}>
        <div role="rowgroup" className={styles["gridHead"]}>
          <div role="row" aria-rowindex={1} className={styles["gridHead"]} style={{ gridTemplateColumns: template }}>
            {columns.map((column) => (
              <div
                key={column.id}
                role="columnheader"
                aria-sort={ariaSort(column, sorting)}
                className={classNames(styles["headCell"], column.align && styles[column.align])}
              >
                {onSort === undefined ? (
                  column.header
                ) : (
                  <ColumnHeader column={column} sorting={sorting} onSort={onSort} />
                )}
              </div>
            ))}
          </div>
        </div>
        <div role="rowgroup" className={styles["gridBody"]} style={{ height: virtual.getTotalSize() }}>
          {items.map(({ key, index, start, size }) => {
            const row = rows[index];
            const style = { gridTemplateColumns: template, height: size, transform: `translateY(${start}px)` };
            if (row === undefined) return <WaitingRow key={key} columns={columns.length} index={index} style={style} />;
            const isCurrent = index === current;
            const isOpen = rowKey(row) === openKey;
            return <VirtualRow key={key} {...{ columns, row, index, style, isCurrent, isOpen, onOpen }} />;
          })}
        </div>
      </div>
    </div>
  );
}
