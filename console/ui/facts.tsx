import type { ReactNode } from "react";
import { classNames } from "./class-names.ts";
import styles from "./facts.module.css";

/** Names and values of one thing. */
export function Facts({
  facts,
}: {
  readonly facts: readonly { readonly name: string; readonly value: ReactNode }[];
}): ReactNode {
  return (
    <dl className={styles["facts"]}>
      {facts.map(({ name, value }) => (
        // A list of definitions may hold groups.
        <FactPair key={name} name={name} value={value} />
      ))}
    </dl>
  );
}

function FactPair({ name, value }: { readonly name: string; readonly value: ReactNode }): ReactNode {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  );
}

/** One of the {@link Stats}. */
export interface Stat {
  readonly name: string;
  /** Already formatted. */
  readonly value: string;
  readonly unit?: string;
  readonly isBad?: boolean;
  /** A `Sparkline`. */
  readonly chart?: ReactNode;
}

/** The few numbers that one looks at first, side by side. */
export function Stats({ label, stats }: { readonly label: string; readonly stats: readonly Stat[] }): ReactNode {
  return (
    <ul className={styles["stats"]} aria-label={label}>
      {stats.map(({ name, value, unit, isBad, chart }) => (
        <li key={name} className={classNames(styles["stat"], isBad && styles["bad"])}>
          <div className={styles["name"]}>{name}</div>
          <div className={styles["value"]}>
            {value}
            {unit !== undefined && <span className={styles["unit"]}>{unit}</span>}
          </div>
          {chart !== undefined && <div className={styles["chart"]}>{chart}</div>}
        </li>
      ))}
    </ul>
  );
}
