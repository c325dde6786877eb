import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useProjectApi } from "../api/api-context.tsx";
import { toRow } from "../events/event-row.ts";
import { listEvents } from "../events/events-api.ts";
import type { EventsSearch } from "../events/search.ts";
import { EventStatusMark } from "../events/statuses.tsx";
import { Card } from "../ui/card.tsx";
import { CopyText } from "../ui/copy.tsx";
import { formatMs } from "../ui/format.ts";
import { QueryView } from "../ui/query-view.tsx";
import styles from "./trace-card.module.css";
import { type Waterfall, waterfallOf } from "./waterfall.ts";

/** The most calls of one trace that are drawn. */
const MOST = 500;

/** How often a trace that is under way is looked at, in milliseconds. */
const AGAIN_MS = 1000;

/** All that was recorded of a trace, by when it began and how long it took. */
export function TraceCard({
  project,
  traceId,
  search,
  current,
}: {
  readonly project: string;
  readonly traceId: string;
  readonly search: EventsSearch;
  /** The id of the one that is open. */
  readonly current?: string;
}): ReactNode {
  const api = useProjectApi(project);
  const query = useQuery({
    queryKey: ["events", project, "trace", traceId],
    queryFn: async ({ signal }) => {
      const { events } = await listEvents(api, { traceId, limit: MOST }, signal);
      return waterfallOf(events.map(toRow), Date.now());
    },
    refetchInterval: ({ state }) => (state.data?.bars.some(isPending) === true ? AGAIN_MS : false),
  });
  return (
    <Card
      title="Trace"
      description={<CopyText text={traceId}>{traceId}</CopyText>}
      actions={query.data !== undefined && <span className={styles["sum"]}>{summaryOf(query.data)}</span>}
    >
      <QueryView query={query} title="The trace cannot be shown">
        {({ bars }) => (
          <ol className={styles["bars"]} aria-label="Calls of the trace">
            {bars.map(({ row, depth, start, length, offsetMs }) => (
              <li key={row.id} className={styles["bar"]} aria-current={row.id === current || undefined}>
                <Link
                  to="/invocations/$project/$id"
                  params={{ project, id: row.id }}
                  search={search}
                  className={styles["name"]}
                  style={{ paddingLeft: `${Math.min(depth, 8) * 0.875 + 0.5}rem` }}
                >
                  {row.source}
                </Link>
                <span className={styles["lane"]} aria-hidden="true" title={`${formatMs(offsetMs)} after the beginning`}>
                  <span
                    className={styles["span"]}
                    data-status={row.status}
                    style={{ left: `${start * 100}%`, width: `${length * 100}%` }}
                  />
                </span>
                <span className={styles["duration"]}>
                  {row.status === "SUCCESS" ? (
                    formatMs(row.durationMs)
                  ) : (
                    <EventStatusMark status={row.status} isPlain />
                  )}
                </span>
              </li>
            ))}
          </ol>
        )}
      </QueryView>
    </Card>
  );
}

function isPending({ row }: Waterfall["bars"][number]): boolean {
  return row.status === "PENDING";
}

function summaryOf({ bars, totalMs }: Waterfall): string {
  const calls = bars.length === 1 ? "1 call" : `${bars.length === MOST ? `the newest ${MOST}` : bars.length} calls`;
  return `${calls}, ${formatMs(totalMs)}`;
}
