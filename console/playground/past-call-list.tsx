import { History } from "lucide-react";
import type { ReactNode } from "react";
import { Status } from "../ui/badge.tsx";
import { Card } from "../ui/card.tsx";
import { formatMs } from "../ui/format.ts";
import { TimeAgo } from "../ui/time-ago.tsx";
import type { PastCall } from "./past-calls.ts";
import styles from "./playground.module.css";

/** The last calls of this tab; each can be brought back. */
export function PastCallList({
  calls,
  onRestore,
}: {
  readonly calls: readonly PastCall[];
  readonly onRestore: (call: PastCall) => void;
}): ReactNode {
  if (calls.length === 0) return null;
  return (
    <Card isFlush title="Last calls of this tab">
      <ul className={styles["past"]}>
        {calls.map((call) => (
          <li key={call.at}>
            <button type="button" className={styles["pastCall"]} onClick={() => onRestore(call)}>
              <History aria-hidden="true" />
              <span className={styles["pastName"]}>
                {call.search.service}.{call.search.function}
              </span>
              <span className={styles["pastBody"]}>{call.search.body?.replaceAll(/\s+/g, " ")}</span>
              <Status tone={call.status >= 200 && call.status < 400 ? "good" : "bad"} isPlain>
                {call.status === 0 ? "no answer" : call.status}
              </Status>
              <span className={styles["pastTook"]}>{formatMs(call.tookMs)}</span>
              <TimeAgo time={call.at} />
            </button>
          </li>
        ))}
      </ul>
    </Card>
  );
}
