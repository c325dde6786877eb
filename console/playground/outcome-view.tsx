import type { ReactNode } from "react";
import { type ProblemDocument, ProblemError } from "../api/problem-error.ts";
import { Badge, Status } from "../ui/badge.tsx";
import { CopyText } from "../ui/copy.tsx";
import { ErrorNotice } from "../ui/error-notice.tsx";
import { JsonBlock } from "../ui/code-block.tsx";
import { formatMs } from "../ui/format.ts";
import type { Outcome } from "./outcome.ts";
import { OutcomeBodyView } from "./outcome-body.tsx";
import styles from "./playground.module.css";
import { RecordLink } from "./record-link.tsx";
import { Waterfall } from "./waterfall.tsx";

/** What came of a call: status, answer or problem, and where the time went. */
export function OutcomeView({
  project,
  outcome,
  isRecorded,
  hasFields,
}: {
  readonly project: string;
  readonly outcome: Outcome;
  readonly isRecorded: boolean;
  /** Whether what is wrong with the params is told at the params. */
  readonly hasFields: boolean;
}): ReactNode {
  const { status, tookMs, answeredMs, timing, body, problem } = outcome;
  const traceId = timing.traceId ?? problem?.traceId;
  return (
    <div className={styles["outcome"]}>
      <div className={styles["verdict"]}>
        <Status tone={problem === undefined ? "good" : "bad"}>{status === 0 ? "No answer" : status}</Status>
        <span className={styles["took"]}>{formatMs(tookMs)}</span>
        {problem?.reason !== undefined && <Badge title="The reason that the function gives">{problem.reason}</Badge>}
        {traceId !== undefined && (
          <span className={styles["trace"]}>
            trace <CopyText text={traceId}>{traceId.slice(0, 8)}</CopyText>
          </span>
        )}
        {traceId !== undefined && isRecorded && <RecordLink key={traceId} project={project} traceId={traceId} />}
      </div>
      {problem !== undefined && <ErrorNotice error={new ProblemError(hasFields ? withoutFields(problem) : problem)} />}
      {problem?.data !== undefined && <JsonBlock title="What it says besides" value={problem.data} />}
      {(problem === undefined || body.kind !== "none") && <OutcomeBodyView body={body} />}
      <Waterfall timing={timing} answeredMs={answeredMs} />
    </div>
  );
}

/** The problem, which only names the parts of the params: what is wrong with each stands there. */
function withoutFields({ errors = [], ...problem }: ProblemDocument): ProblemDocument {
  if (errors.length === 0) return problem;
  const names = new Set(errors.map(({ path }) => path.join(".")).filter((name) => name !== ""));
  const places = names.size === 0 ? "the params" : [...names].map((name) => `“${name}”`).join(", ");
  return { ...problem, detail: `see what stands at ${places}` };
}
