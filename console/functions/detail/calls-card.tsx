import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useMemo } from "react";
import type { EventSummary } from "../../../mesh/event-summary.ts";
import { useProjectApi } from "../../api/api-context.tsx";
import { Card } from "../../ui/card.tsx";
import { formatAxisMs, formatCount } from "../../ui/format.ts";
import layout from "../../ui/layout.module.css";
import { QueryView } from "../../ui/query-view.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { TimeChart } from "../../ui/time-chart.tsx";
import type { FunctionTabProps } from "../function-tabs.tsx";
import styles from "./detail.module.css";

const LOOK_AGAIN_MS = 10_000;
const HEIGHT = "7rem";

/** The invocations of the last hour, drawn. */
export function CallsCard({ project, fn }: FunctionTabProps): ReactNode {
  const api = useProjectApi(project);
  const query = useQuery({
    queryKey: ["events", project, "of", fn.label],
    queryFn: ({ signal }) =>
      api.get<EventSummary>("/api/v3/events/summary", { query: { source: fn.label, buckets: 60 }, signal }),
    refetchInterval: LOOK_AGAIN_MS,
  });
  return (
    <Card
      title="Invocations, the last hour"
      actions={
        <Link
          to="/functions/$project/$name"
          params={{ project, name: fn.label }}
          search={{ tab: "events" }}
          className={styles["soft"]}
        >
          All of them
        </Link>
      }
    >
      <QueryView query={query} title="The invocations cannot be counted" loading={<Skeleton height={HEIGHT} />}>
        {(summary) => <Charts summary={summary} />}
      </QueryView>
    </Card>
  );
}

function Charts({ summary: { buckets, totals } }: { readonly summary: EventSummary }): ReactNode {
  const { times, counts, durations } = useMemo(
    () => ({
      times: buckets.map(({ at }) => Date.parse(at)),
      counts: [
        { name: "Succeeded", values: buckets.map(({ total, failed }) => total - failed), colour: "good" as const },
        { name: "Failed", values: buckets.map(({ failed }) => failed), colour: "bad" as const },
      ],
      durations: [
        { name: "p50", values: buckets.map(({ p50Ms }) => p50Ms), colour: 2 as const },
        { name: "p99", values: buckets.map(({ p99Ms }) => p99Ms), colour: 3 as const },
      ],
    }),
    [buckets],
  );
  if (totals.total === 0) return <p className={styles["soft"]}>None yet. Those by its id are recorded and counted.</p>;
  return (
    <div className={layout["stack"]}>
      <TimeChart
        label="Invocations per minute"
        times={times}
        series={counts}
        format={formatCount}
        height={HEIGHT}
        kind="bars"
      />
      <TimeChart label="Duration" times={times} series={durations} format={formatAxisMs} height={HEIGHT} />
    </div>
  );
}
