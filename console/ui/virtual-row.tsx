import type { CSSProperties, ReactNode } from "react";
import { classNames } from "./class-names.ts";
import type { Column } from "./column.ts";
import { focusRow } from "./focus-row.ts";
import { isOnControl } from "./is-on-control.ts";
import styles from "./table.module.css";

/** A row of a `VirtualTable`, where it belongs. */
export function VirtualRow<Row>({
  columns,
  row,
  index,
  style,
  isCurrent,
  isOpen,
  onOpen,
}: {
  readonly columns: readonly Column<Row>[];
  readonly row: Row;
  readonly index: number;
  readonly style: CSSProperties;
  /** Whether the keyboard is here. */
  readonly isCurrent: boolean;
  /** Whether it is shown beside the table. */
  readonly isOpen: boolean;
  readonly onOpen: ((row: Row) => void) | undefined;
}): ReactNode {
  return (
    // The keyboard goes through the rows by j and k.
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events
    <div
      role="row"
      ref={isCurrent ? focusRow : undefined}
      tabIndex={-1}
      aria-rowindex={index + 2}
      className={classNames(styles["row"], styles["gridRow"], onOpen && styles["opens"])}
      data-current={isCurrent || isOpen || undefined}
      style={style}
      onClick={onOpen && ((event) => !isOnControl(event.target) && onOpen(row))}
    >
      {columns.map((column) => (
        <div
          key={column.id}
          role="cell"
          className={classNames(styles["gridCell"], column.align && styles[column.align])}
        >
          {column.cell(row)}
        </div>
      ))}
    </div>
  );
}

/** Where a row will be. */
export function WaitingRow({
  columns,
  index,
  style,
}: {
  readonly columns: number;
  readonly index: number;
  readonly style: CSSProperties;
}): ReactNode {
  return (
    <div role="row" aria-rowindex={index + 2} aria-busy="true" className={styles["gridRow"]} style={style}>
      {Array.from({ length: columns }, (_, column) => (
        // Columns of a row that is not there have no other name.
        <div key={column} role="cell" className={styles["gridCell"]}>
          <span className={styles["waiting"]} />
        </div>
      ))}
    </div>
  );
}
