import { type ReactNode, useMemo } from "react";
import type { EventBucket, EventSummary } from "../../mesh/event-summary.ts";
import { Card } from "../ui/card.tsx";
import { formatAxisMs, formatCount, formatRate } from "../ui/format.ts";
import type { Sample } from "../ui/sparkline-path.ts";
import { TimeChart } from "../ui/time-chart.tsx";
import styles from "./events.module.css";
import type { TimeWindow } from "./search.ts";

const HEIGHT = "6.5rem";

/** How often, how badly and for how long, over time. Drawing over a part of it narrows the time. */
export function EventCharts({
  summary,
  onSelect,
}: {
  readonly summary: EventSummary;
  readonly onSelect: (window: TimeWindow) => void;
}): ReactNode {
  const { buckets, bucketMs } = summary;
  const charts = useMemo(() => {
    const all = (value: (bucket: EventBucket) => Sample): readonly Sample[] => buckets.map(value);
    return {
      times: buckets.map(({ at }) => Date.parse(at)),
      rate: [{ name: "Per second", values: all(({ total }) => (total * 1000) / bucketMs), colour: 1 as const }],
      failed: [{ name: "Failed", values: all(({ failed }) => failed), colour: "bad" as const }],
      duration: [
        { name: "p50", values: all(({ p50Ms }) => p50Ms), colour: 2 as const },
        { name: "p99", values: all(({ p99Ms }) => p99Ms), colour: 3 as const },
      ],
    };
  }, [buckets, bucketMs]);
  const select = (since: number, until: number): void => onSelect({ since, until });
  const shared = { times: charts.times, height: HEIGHT, onSelect: select };
  return (
    <Card isFlush>
      <div className={styles["charts"]}>
        <TimeChart {...shared} label="Events per second" series={charts.rate} format={formatRate} />
        <TimeChart {...shared} label="Failed events" series={charts.failed} format={formatCount} kind="bars" />
        <TimeChart {...shared} label="Duration" series={charts.duration} format={formatAxisMs} />
      </div>
    </Card>
  );
}
