import { Link } from "@tanstack/react-router";
import { type ReactNode, useEffect, useRef } from "react";
import { useSession } from "../../session/session-context.tsx";
import { Button, buttonClass } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { CodeBlock } from "../../ui/code-block.tsx";
import { ErrorNotice } from "../../ui/error-notice.tsx";
import layout from "../../ui/layout.module.css";
import { Notice } from "../../ui/notice.tsx";
import { SkeletonLines } from "../../ui/skeleton.tsx";
import { useToasts } from "../../ui/toast.tsx";
import { hasEnded } from "../build/job-progress.ts";
import { useCancelJob } from "../build/jobs-api.ts";
import { useJob } from "../build/use-job.ts";
import { trafficInWords } from "../detail/traffic-words.ts";
import type { FunctionTabProps } from "../function-tabs.tsx";
import { useFunctionsChanged } from "../use-functions.ts";
import { JobFailure } from "./job-failure.tsx";
import { JobState } from "./job-state.tsx";
import { JobSteps } from "./job-steps.tsx";

/** A deployment as it goes on: its steps, what its tools say, and how it ended. */
export function DeployJob({ project, fn, id }: FunctionTabProps & { readonly id: string }): ReactNode {
  const { can } = useSession();
  const toasts = useToasts();
  const changed = useFunctionsChanged(project);
  const cancel = useCancelJob(project);
  const { job, log, status } = useJob(project, id);
  const wasUnderWay = useRef(false);
  useEffect(() => {
    if (job === undefined) return;
    if (!hasEnded(job)) wasUnderWay.current = true;
    // Nobody has to be told of one that had ended before.
    else if (wasUnderWay.current) {
      wasUnderWay.current = false;
      void changed();
      if (job.state === "succeeded") toasts.good(`Version ${job.version} of ${job.label} is deployed`);
    }
  }, [job, changed, toasts]);

  if (status.state === "failed") return <ErrorNotice title="The deployment cannot be followed" error={status.error} />;
  if (job === undefined) {
    return (
      <Card title="Deployment">
        <SkeletonLines count={5} label="Loading the deployment" />
      </Card>
    );
  }
  return (
    <Card
      title={`Deployment of version ${job.version}`}
      actions={
        <>
          <JobState job={job} />
          {!hasEnded(job) && can("change") && (
            <Button size="small" isBusy={cancel.isPending} onClick={() => cancel.mutate(id)}>
              Cancel
            </Button>
          )}
        </>
      }
    >
      <div className={layout["stack"]}>
        <JobSteps job={job} />
        {status.state === "waiting" && <Notice tone="warning">Broken off; it is taken up again in a moment.</Notice>}
        {cancel.isError && <ErrorNotice title="It cannot be cancelled" error={cancel.error} />}
        {job.error !== undefined && <JobFailure project={project} fn={fn} error={job.error} />}
        {job.deployed !== undefined && (
          <Notice
            tone="good"
            title="Ready"
            actions={
              <Link
                to="/functions/$project/$name"
                params={{ project, name: fn.label }}
                search={{ tab: "invoke" }}
                className={buttonClass({ size: "small" })}
              >
                Call
              </Link>
            }
          >
            {trafficInWords(job.deployed.traffic)}.
          </Notice>
        )}
        {log.length > 0 && <CodeBlock title="What the tools said" code={log.join("\n")} />}
      </div>
    </Card>
  );
}
