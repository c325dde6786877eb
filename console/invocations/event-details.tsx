import { Link } from "@tanstack/react-router";
import { type ReactNode, useMemo } from "react";
import type { EventStatus } from "../../mesh/event.ts";
import { Card } from "../ui/card.tsx";
import { JsonBlock } from "../ui/code-block.tsx";
import { CopyText } from "../ui/copy.tsx";
import { type Stat, Facts, Stats } from "../ui/facts.tsx";
import { formatMs, formatTime } from "../ui/format.ts";
import { Notice } from "../ui/notice.tsx";
import { TimeAgo } from "../ui/time-ago.tsx";
import type { EventProps } from "./event-props.ts";
import { cloudEventOf } from "./cloud-event.ts";
import styles from "./invocation.module.css";
import { RecordedValue } from "./recorded-value.tsx";
import { TraceCard } from "./trace-card.tsx";

/** Why there is no response, by status. */
const ABSENCES: Readonly<Partial<Record<EventStatus, string>>> = {
  PENDING: "Not there yet: it is under way.",
  FAILURE: "There is none: it failed.",
};

/** All that is known of an event. */
export function EventDetails({ project, event, search }: EventProps): ReactNode {
  const { id, type, status, source, timestamp, deadline, durationMs, error, traceId, retryCount = 0 } = event;
  const isCall = event.invocationId !== undefined;
  const cloudEvent = useMemo(() => cloudEventOf(event, project), [event, project]);
  const stats: readonly Stat[] = [
    { name: "Duration", value: formatMs(durationMs) },
    { name: "Attempts", value: String(retryCount + 1) },
    ...(deadline === undefined
      ? []
      : [{ name: "Time it had", value: formatMs(Date.parse(deadline) - Date.parse(timestamp)) }]),
  ];
  return (
    <>
      {error !== undefined && (
        <Notice tone="bad" title={error.code}>
          {error.message}
        </Notice>
      )}
      {isCall && <Stats label="Timing" stats={stats} />}
      {traceId !== undefined && <TraceCard {...{ project, traceId, search }} current={id} />}
      <div className={styles["pair"]}>
        <div className={styles["values"]}>
          <RecordedValue title={isCall ? "Request" : "Payload"} value={event.payload} />
          {isCall && <RecordedValue title="Response" value={event.response} absence={ABSENCES[status]} />}
        </div>
        <Card title="Facts">
          <Facts
            facts={[
              { name: isCall ? "Invocation" : "Event", value: <CopyText text={id}>{id}</CopyText> },
              { name: "Type", value: type },
              {
                name: isCall ? "Function" : "Source",
                value: (
                  <Link to="/events/$project" params={{ project }} search={{ source }} className={styles["source"]}>
                    {source}
                  </Link>
                ),
              },
              { name: isCall ? "Began" : "Happened", value: <When time={timestamp} /> },
              ...(deadline === undefined ? [] : [{ name: "Deadline", value: formatTime(deadline) }]),
              ...(traceId === undefined
                ? []
                : [
                    {
                      name: "Trace",
                      value: (
                        <Link to="/events/$project" params={{ project }} search={{ traceId, range: "30d" }}>
                          {traceId}
                        </Link>
                      ),
                    },
                  ]),
              ...(isCall ? [{ name: "Claims", value: "never recorded" }] : []),
            ]}
          />
        </Card>
      </div>
      <details className={styles["more"]}>
        <summary>As a CloudEvent</summary>
        <JsonBlock value={cloudEvent} />
      </details>
    </>
  );
}

function When({ time }: { readonly time: string }): ReactNode {
  return (
    <>
      {formatTime(time)} (<TimeAgo time={time} />)
    </>
  );
}
