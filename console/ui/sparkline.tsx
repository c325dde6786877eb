import type { ReactNode } from "react";
import { type Sample, sparklinePaths } from "./sparkline-path.ts";
import styles from "./sparkline.module.css";
import type { Tone } from "./tone.ts";

const WIDTH = 100;

/** How a number went, small enough for a row of a table. */
export function Sparkline({
  values,
  label,
  tone = "accent",
  max,
  height = 24,
}: {
  /** Oldest first; `null` where nothing was known. */
  readonly values: readonly Sample[];
  /** What it shows, in words: `Calls per second, the last five minutes: 3.1 now`. */
  readonly label: string;
  readonly tone?: Tone;
  /** The value at its top. Default: the largest. */
  readonly max?: number;
  /** In pixels. */
  readonly height?: number;
}): ReactNode {
  const { line, area } = sparklinePaths(values, { width: WIDTH, height, max });
  return (
    <svg
      className={`${styles["sparkline"] ?? ""} ${styles[tone] ?? ""}`}
      viewBox={`0 0 ${WIDTH} ${height}`}
      height={height}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      <path className={styles["area"]} d={area} />
      <path className={styles["line"]} d={line} />
    </svg>
  );
}
