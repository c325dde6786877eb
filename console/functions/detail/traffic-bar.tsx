import type { ReactNode } from "react";
import type { Traffic } from "../../../mesh/function.ts";
import styles from "./traffic-bar.module.css";
import { sharesOf, trafficInWords } from "./traffic-words.ts";

const COLOURS = 5;

/** Which version gets how many of the calls, drawn; the words for it stand below. */
export function TrafficBar({ traffic }: { readonly traffic: Traffic }): ReactNode {
  const shares = sharesOf(traffic);
  if (shares.length === 0) return <span className={styles["none"]}>No version gets calls yet</span>;
  return (
    <div>
      <div className={styles["bar"]} role="img" aria-label={trafficInWords(traffic)}>
        {shares.map(({ version, percent }) => (
          <span key={version} style={{ width: `${percent}%`, background: `var(--chart-${(version % COLOURS) + 1})` }} />
        ))}
      </div>
      <ul className={styles["legend"]} aria-hidden="true">
        {shares.map(({ version, percent }) => (
          <li key={version}>
            <span className={styles["swatch"]} style={{ background: `var(--chart-${(version % COLOURS) + 1})` }} />v
            {version} <b>{percent} %</b>
          </li>
        ))}
      </ul>
    </div>
  );
}
