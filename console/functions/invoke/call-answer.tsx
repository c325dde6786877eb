import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Status } from "../../ui/badge.tsx";
import { buttonClass } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { CodeBlock } from "../../ui/code-block.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { formatBytes, formatMs } from "../../ui/format.ts";
import layout from "../../ui/layout.module.css";
import { Notice } from "../../ui/notice.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import type { FunctionTabProps } from "../function-tabs.tsx";
import { type MadeCall, readable } from "./call-function.ts";
import styles from "./invoke.module.css";

/** What a function answered: its status, how long it took, and the body. */
export function CallAnswer({
  project,
  fn,
  answer,
  isBusy,
}: FunctionTabProps & {
  readonly answer: MadeCall | undefined;
  readonly isBusy: boolean;
}): ReactNode {
  if (answer === undefined) {
    return (
      <Card title="Answer">
        {isBusy ? (
          <Skeleton height="8rem" />
        ) : (
          <EmptyState title="Not called yet">Write what it is called with, and call it.</EmptyState>
        )}
      </Card>
    );
  }
  const { text, isJson } = readable(answer.body);
  return (
    <Card
      title="Answer"
      actions={
        answer.invocation !== undefined && (
          <Link to="/invocations/$project/$id" params={{ project, id: answer.invocation }} className={styles["more"]}>
            Its invocation
          </Link>
        )
      }
    >
      <div className={layout["stack"]} aria-live="polite" aria-busy={isBusy}>
        <div className={styles["facts"]}>
          <CallStatus answer={answer} />
          <span>{formatMs(answer.durationMs)}</span>
          <span>{formatBytes(new Blob([answer.body]).size)}</span>
          {answer.contentType !== "" && <span>{answer.contentType.split(";")[0]}</span>}
        </div>
        {answer.way === "mesh" && answer.status === 403 && (
          <Notice
            tone="info"
            actions={
              <Link
                to="/rules/$project"
                params={{ project }}
                search={{ service: fn.label, function: "handler" }}
                className={buttonClass({ size: "small" })}
              >
                Look at its rule
              </Link>
            }
          >
            Its rule does not let you call it. By its id it can be called all the same.
          </Notice>
        )}
        {text === "" ? (
          <p className={styles["soft"]}>The answer is empty.</p>
        ) : (
          <CodeBlock title="Body" code={text} language={isJson ? "json" : "text"} isWrapped />
        )}
      </div>
    </Card>
  );
}

/** The status of an answer. */
export function CallStatus({
  answer: { status },
  isPlain = false,
}: {
  readonly answer: Pick<MadeCall, "status">;
  readonly isPlain?: boolean;
}): ReactNode {
  const isGood = status !== undefined && status < 400;
  return (
    <Status tone={isGood ? "good" : "bad"} isPlain={isPlain}>
      {status ?? "no answer"}
    </Status>
  );
}
