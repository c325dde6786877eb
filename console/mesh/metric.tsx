import type { ReactNode } from "react";
import { classNames } from "../ui/class-names.ts";
import type { Sample } from "../ui/sparkline-path.ts";
import { Sparkline } from "../ui/sparkline.tsx";
import type { Tone } from "../ui/tone.ts";
import { thinned } from "./thinned.ts";
import styles from "./service-list.module.css";

/** What can be told apart in a row. */
const MOST_POINTS = 48;

/** A number of a service, and how it went. */
export function Metric({
  name,
  value,
  values = [],
  tone = "accent",
  isBad = false,
}: {
  readonly name: string;
  /** Already formatted. */
  readonly value: string;
  readonly values?: readonly Sample[] | undefined;
  readonly tone?: Tone;
  readonly isBad?: boolean;
}): ReactNode {
  return (
    <div className={styles["metric"]}>
      <span className={styles["metricName"]}>{name}</span>
      <span className={classNames(styles["number"], isBad && styles["bad"])}>{value}</span>
      {values.some((each) => each !== null) && (
        <div className={styles["spark"]}>
          <Sparkline
            values={thinned(values, MOST_POINTS)}
            label={`${name}, the last minutes: ${value} now`}
            tone={tone}
            height={22}
          />
        </div>
      )}
    </div>
  );
}
