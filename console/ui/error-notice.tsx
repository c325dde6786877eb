import { RotateCw } from "lucide-react";
import type { ReactNode } from "react";
import { NO_ANSWER, type ProblemDocument, ProblemError } from "../api/problem-error.ts";
import { Button } from "./button.tsx";
import { CopyText } from "./copy.tsx";
import { Notice } from "./notice.tsx";
import styles from "./notice.module.css";
import { sentence } from "./sentence.ts";

/** What went wrong, in the server's own words, with what helps to find it in a log, and a way to try again. */
export function ErrorNotice({
  error,
  title,
  onRetry,
  isRetrying = false,
  actions,
}: {
  /** Whatever was thrown. */
  readonly error: unknown;
  /** What failed: `The functions cannot be listed`. Default: the problem's title. */
  readonly title?: string;
  readonly onRetry?: (() => void) | undefined;
  readonly isRetrying?: boolean;
  readonly actions?: ReactNode;
}): ReactNode {
  const { problem, code, status, traceId } = ProblemError.from(error);
  const retry = onRetry !== undefined && (
    <Button size="small" icon={<RotateCw aria-hidden="true" />} isBusy={isRetrying} onClick={() => onRetry()}>
      Try again
    </Button>
  );
  return (
    <Notice
      tone="bad"
      title={title ?? problem.title}
      actions={
        onRetry === undefined && actions === undefined ? undefined : (
          <>
            {retry}
            {actions}
          </>
        )
      }
    >
      {!isSaidBelow(problem) && <p>{sentence(problem.detail)}</p>}
      {problem.errors !== undefined && problem.errors.length > 0 && (
        <ul className={styles["findings"]}>
          {problem.errors.map(({ path, message }) => (
            <li key={`${path.join(".")} ${message}`}>
              <code>{path.join(".")}</code> {message}
            </li>
          ))}
        </ul>
      )}
      {status !== NO_ANSWER && (
        <div className={styles["facts"]}>
          <span>
            {status} <code>{code}</code>
          </span>
          {traceId !== undefined && (
            <span>
              trace <CopyText text={traceId}>{traceId.slice(0, 8)}</CopyText>
            </span>
          )}
        </div>
      )}
    </Notice>
  );
}

/** Whether the list of errors says all that the detail says. */
function isSaidBelow({ detail, errors = [] }: ProblemDocument): boolean {
  return errors.length > 0 && errors.every(({ message }) => detail.includes(message));
}
