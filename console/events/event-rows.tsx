import { useNavigate } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Column } from "../ui/column.ts";
import { SkeletonLines } from "../ui/skeleton.tsx";
import { VirtualTable } from "../ui/virtual-table.tsx";
import { type EventRow, rowKey } from "./event-row.ts";
import styles from "./events.module.css";
import { fromList } from "./list-place.ts";
import type { EventsSearch } from "./search.ts";
import type { FollowedList } from "./use-followed-list.ts";

/** Rows that are drawn above those in sight: further down, somebody reads. */
const AT_TOP = 4;

/** The rows of a list that goes on with what happens, each of which leads to its page. */
export function EventRows({
  project,
  search,
  label,
  columns,
  list,
  height,
  empty,
}: {
  readonly project: string;
  /** What the list is asked for. */
  readonly search: EventsSearch;
  readonly label: string;
  readonly columns: readonly Column<EventRow>[];
  readonly list: FollowedList;
  readonly height?: string;
  readonly empty: ReactNode;
}): ReactNode {
  const { rows, startAt, isCounted } = list;
  const navigate = useNavigate();
  // Whoever comes back to what is further down needs all rows above it.
  if (rows === undefined || (startAt > 0 && !isCounted)) {
    return (
      <div className={styles["waiting"]}>
        <SkeletonLines count={8} label="The events are being listed" />
      </div>
    );
  }
  return (
    <VirtualTable
      // Another list begins at its top, for the keyboard, too.
      key={JSON.stringify(search)}
      label={label}
      columns={columns}
      rows={rows}
      rowKey={rowKey}
      startAt={startAt}
      {...(height !== undefined && { height })}
      onOpen={({ id }) =>
        void navigate({ to: "/invocations/$project/$id", params: { project, id }, search, state: fromList })
      }
      onRange={(first, last) => {
        list.setAway(first > AT_TOP);
        list.want(first, last);
      }}
      empty={empty}
    />
  );
}
