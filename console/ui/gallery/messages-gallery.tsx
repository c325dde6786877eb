import { SquareFunction } from "lucide-react";
import type { ReactNode } from "react";
import { ProblemError } from "../../api/problem-error.ts";
import { Badge, Status } from "../badge.tsx";
import { Button } from "../button.tsx";
import { Card } from "../card.tsx";
import { EmptyState } from "../empty-state.tsx";
import { ErrorNotice } from "../error-notice.tsx";
import { Notice } from "../notice.tsx";
import { SkeletonLines } from "../skeleton.tsx";
import styles from "./gallery.module.css";

const problem = new ProblemError({
  type: "about:blank",
  title: "The request is not valid",
  status: 400,
  code: "invalid_request",
  detail: "the params do not match the schema of “arithmetic.sum”",
  traceId: "4bf92f3577b34da6a3ce929d0e0e4736",
  errors: [{ path: ["num1"], message: "expected number, received string" }],
});

/** What tells how things are. */
export function MessagesGallery(): ReactNode {
  const nothing = (): void => undefined;
  return (
    <div className={styles["grid"]}>
      <Card title="Status">
        <div className={styles["stack"]}>
          <div className={styles["row"]}>
            <Status tone="good">Running</Status>
            <Status tone="info" isBusy>
              Building
            </Status>
            <Status tone="warning">Degraded</Status>
            <Status tone="bad">Failed</Status>
            <Status tone="neutral">Stopped</Status>
            <Status tone="good" isPlain>
              Passed
            </Status>
          </div>
          <div className={styles["row"]}>
            <Badge>v1.4.0</Badge>
            <Badge tone="accent">current</Badge>
            <Badge tone="good">200</Badge>
            <Badge tone="warning">429</Badge>
            <Badge tone="bad">504</Badge>
            <Badge tone="info">POST</Badge>
          </div>
        </div>
      </Card>
      <Card title="Waiting">
        <SkeletonLines count={3} />
      </Card>
      <div className={styles["stack"]}>
        <ErrorNotice error={problem} onRetry={nothing} />
        <ErrorNotice title="The mesh cannot be seen" error={ProblemError.noAnswer(undefined)} onRetry={nothing} />
      </div>
      <div className={styles["stack"]}>
        <Notice title="Two findings" tone="warning">
          The rule of <code>billing.charge</code> names a claim that no token has.
        </Notice>
        <Notice tone="good">The configuration is in force on two gateways.</Notice>
        <Notice>You may look, but not change anything.</Notice>
        <Notice tone="neutral" title="The functions service is away" actions={<Button size="small">Try again</Button>}>
          The mesh and the rules still work.
        </Notice>
      </div>
      <Card isFlush>
        <EmptyState
          icon={<SquareFunction aria-hidden="true" />}
          title="No functions yet"
          actions={
            <>
              <Button variant="primary">New function</Button>
              <Button>From a template</Button>
            </>
          }
        >
          Write the first one here, or push one from a folder with <code>fmesh functions push</code>.
        </EmptyState>
      </Card>
    </div>
  );
}
