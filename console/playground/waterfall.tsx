import type { ReactNode } from "react";
import { formatMs } from "../ui/format.ts";
import type { Timing } from "./server-timing.ts";
import styles from "./waterfall.module.css";

interface Bar {
  readonly name: string;
  readonly words: string;
  readonly ms: number;
  readonly fromMs: number;
}

/** Where the time of a call went: what the gateway says of itself, and what is left for the way there and back. */
export function Waterfall({ timing, answeredMs }: { readonly timing: Timing; readonly answeredMs: number }): ReactNode {
  const { parts, totalMs } = timing;
  if (parts.length === 0) return null;
  const network = Math.max(0, answeredMs - (totalMs ?? 0));
  const bars = inOrder([...parts, { name: "network", words: "browser and network", ms: network }]);
  const span = bars.reduce((sum, { ms }) => sum + ms, 0);
  const share = (ms: number): string => `${span === 0 ? 0 : (ms / span) * 100}%`;
  return (
    <ul className={styles["list"]} aria-label="Where the time went">
      {bars.map(({ name, words, ms, fromMs }) => (
        <li key={name} className={styles["row"]}>
          <span className={styles["words"]}>
            {words} <code>{name}</code>
          </span>
          <span className={styles["track"]} aria-hidden="true">
            <span
              className={styles["bar"]}
              data-part={name}
              style={{ marginInlineStart: share(fromMs), width: share(ms) }}
            />
          </span>
          <span className={styles["ms"]}>{formatMs(ms)}</span>
        </li>
      ))}
    </ul>
  );
}

/** One after the other: that is how the gateway measures. */
function inOrder(parts: readonly Omit<Bar, "fromMs">[]): Bar[] {
  let fromMs = 0;
  return parts.map((part) => {
    const bar = { ...part, fromMs };
    fromMs += part.ms;
    return bar;
  });
}
