import { type CSSProperties, type ReactNode, Suspense, lazy, useState } from "react";
import { useIsDark } from "../shell/use-theme.ts";
import { type ChartKind, type ChartSeries, colourToken, describeSeries, summedUp } from "./chart-series.ts";
import { formatTime } from "./format.ts";
import { Skeleton } from "./skeleton.tsx";
import type { Sample } from "./sparkline-path.ts";
import styles from "./time-chart.module.css";

const Plot = lazy(async () => ({ default: (await import("./time-plot.tsx")).TimePlot }));

/** How numbers went over time. The words for it are there for those who do not see it. */
export function TimeChart({
  label,
  times,
  series,
  format,
  height = "12rem",
  kind = "line",
  onSelect,
}: {
  /** What it shows: `Calls per second`. */
  readonly label: string;
  /** Milliseconds since 1970, oldest first. */
  readonly times: readonly number[];
  readonly series: readonly ChartSeries[];
  readonly format: (value: Sample) => string;
  readonly height?: string;
  /** Bars are counts: whole numbers, which can be added up. */
  readonly kind?: ChartKind;
  /** A part of the time was drawn over: from and to, in milliseconds. Offer the same to the keyboard. */
  readonly onSelect?: (from: number, to: number) => void;
}): ReactNode {
  const isDark = useIsDark();
  const [pointed, setPointed] = useState<number>();
  const index = pointed !== undefined && pointed < times.length ? pointed : undefined;
  const time = index === undefined ? undefined : times[index];
  return (
    <figure className={styles["figure"]}>
      <figcaption className="visually-hidden">
        {label}. {series.map((each) => describeSeries(each, format, kind)).join("; ")}.
      </figcaption>
      <div className={styles["legend"]} aria-hidden="true">
        {series.map((each, at) => (
          <span key={each.name} className={styles["entry"]}>
            <span className={styles["swatch"]} style={{ background: `var(${colourToken(each, at)})` }} />
            {each.name}
            <span className={styles["now"]}>
              {format((index === undefined ? summedUp(each, kind) : each.values[index]) ?? null)}
            </span>
          </span>
        ))}
        {time !== undefined && <span className={styles["at"]}>{formatTime(time)}</span>}
      </div>
      {times.length < 2 ? (
        <div className={styles["empty"]} style={{ height }}>
          Nothing to draw yet
        </div>
      ) : (
        <div className={styles["plot"]} style={{ height } satisfies CSSProperties} aria-hidden="true">
          <Suspense fallback={<Skeleton height={height} />}>
            <Plot
              // Its colours are read once.
              key={isDark ? "dark" : "light"}
              times={times}
              series={series}
              format={format}
              kind={kind}
              onPoint={setPointed}
              onSelect={onSelect}
            />
          </Suspense>
        </div>
      )}
    </figure>
  );
}
