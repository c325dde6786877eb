import { Link } from "@tanstack/react-router";
import type { Column } from "../ui/column.ts";
import { formatMs } from "../ui/format.ts";
import { TimeAgo } from "../ui/time-ago.tsx";
import type { EventRow } from "./event-row.ts";
import styles from "./events.module.css";
import { fromList } from "./list-place.ts";
import type { EventsSearch } from "./search.ts";
import { EventStatusMark } from "./statuses.tsx";

/** What a list of events shows of each. */
export function eventColumns(
  project: string,
  search: EventsSearch,
  { hasType }: { readonly hasType: boolean },
): readonly Column<EventRow>[] {
  const status: Column<EventRow> = {
    id: "status",
    header: "Status",
    width: "7rem",
    cell: (row) => (
      <span className={styles["status"]}>
        <EventStatusMark status={row.status} isPlain />
      </span>
    ),
  };
  const source: Column<EventRow> = {
    id: "source",
    header: hasType ? "Source" : "Function",
    width: "minmax(9rem, 9fr)",
    cell: ({ id, source: name }) => (
      <Link
        to="/invocations/$project/$id"
        params={{ project, id }}
        search={search}
        state={fromList}
        className={styles["source"]}
      >
        {name}
      </Link>
    ),
  };
  const type: Column<EventRow> = { id: "type", header: "Type", width: "minmax(11rem, 8fr)", cell: (row) => row.type };
  return [
    status,
    source,
    { id: "duration", header: "Duration", align: "number", width: "6rem", cell: (row) => formatMs(row.durationMs) },
    ...(hasType ? [type] : []),
    {
      id: "error",
      header: "Error",
      width: "minmax(8rem, 14fr)",
      cell: ({ error }) =>
        error !== undefined && (
          <span title={`${error.code}: ${error.message}`} className={styles["error"]}>
            {error.message}
          </span>
        ),
    },
    { id: "time", header: "Time", align: "end", width: "6rem", cell: (row) => <TimeAgo time={row.at} /> },
  ];
}
