import type { ReactNode } from "react";
import type { ServiceSeries } from "../mesh/live-mesh.ts";
import { Card } from "../ui/card.tsx";
import { formatMs, formatRate } from "../ui/format.ts";
import { TimeChart } from "../ui/time-chart.tsx";
import styles from "./service.module.css";

/** How a service did over the time that was watched. */
export function ServiceCharts({
  times,
  series,
}: {
  readonly times: readonly number[];
  readonly series: ServiceSeries;
}): ReactNode {
  return (
    <div className={styles["charts"]}>
      <Card title="Calls per second">
        <TimeChart
          label="Calls per second"
          times={times}
          height="9rem"
          format={formatRate}
          series={[{ name: "Calls", values: series.callsPerSecond, colour: 1 }]}
        />
      </Card>
      <Card title="Errors per second">
        <TimeChart
          label="Errors per second"
          times={times}
          height="9rem"
          format={formatRate}
          series={[{ name: "Errors", values: series.errorsPerSecond, colour: "bad" }]}
        />
      </Card>
      <Card title="Latency">
        <TimeChart
          label="Latency of the function that is called most"
          times={times}
          height="9rem"
          format={formatMs}
          series={[
            { name: "p50", values: series.p50Ms, colour: 2 },
            { name: "p99", values: series.p99Ms, colour: 3 },
          ]}
        />
      </Card>
    </div>
  );
}
