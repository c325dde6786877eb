import { Ban } from "lucide-react";
import type { ReactNode } from "react";
import { useSession } from "../../session/session-context.tsx";
import { Status } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { ErrorNotice } from "../../ui/error-notice.tsx";
import { formatMs } from "../../ui/format.ts";
import { SkeletonLines } from "../../ui/skeleton.tsx";
import { useNow } from "../../ui/time-ago.tsx";
import { ImageFacts, JobFailure } from "./job-outcome.tsx";
import { JobLog } from "./job-log.tsx";
import { type FollowedJob, durationMs, hasEnded } from "./job-progress.ts";
import { JobSteps } from "./job-steps.tsx";
import styles from "./job.module.css";
import { useCancelJob } from "./jobs-api.ts";
import { JOB_TONES } from "./job-tones.ts";
import type { UsedJob } from "./use-job.ts";

/** A job while it runs, and what came of it: steps, log, error or image. */
export function JobView({
  project,
  used,
  onPlace,
  next,
}: {
  readonly project: string;
  /** From `useJob`. */
  readonly used: UsedJob;
  /** Shows a place of the handler that an error is about. */
  readonly onPlace?: (place: { readonly line: number; readonly column: number }) => void;
  /** What to do after it succeeded. */
  readonly next?: ReactNode;
}): ReactNode {
  const { job, log, status } = used;
  if (job === undefined) {
    return status.state === "failed" ? (
      <ErrorNotice title="The job cannot be followed" error={status.error} />
    ) : (
      <SkeletonLines />
    );
  }
  return (
    <div className={styles["job"]}>
      <JobHead project={project} job={job} />
      {status.state === "waiting" && !hasEnded(job) && (
        <p className={styles["soft"]}>The job cannot be followed at the moment; trying on.</p>
      )}
      <JobSteps job={job} />
      <JobLog lines={log} />
      <JobFailure job={job} onPlace={onPlace} />
      {job.kind === "build" && <ImageFacts job={job} />}
      {job.state === "succeeded" && next}
    </div>
  );
}

function JobHead({ project, job }: { readonly project: string; readonly job: FollowedJob }): ReactNode {
  const { can } = useSession();
  const now = useNow();
  const cancel = useCancelJob(project);
  const isOver = hasEnded(job);
  return (
    <>
      <div className={styles["jobHead"]} role="status">
        <Status tone={JOB_TONES[job.state]} isBusy={!isOver}>
          {job.state}
        </Status>
        <span>
          {job.kind === "build" ? "Build" : "Deployment"} of version {job.version}
        </span>
        <span className={styles["stepTime"]}>{formatMs(durationMs(job, now))}</span>
        {!isOver && can("change") && (
          <Button
            size="small"
            icon={<Ban aria-hidden="true" />}
            isBusy={cancel.isPending}
            onClick={() => cancel.mutate(job.id)}
          >
            Cancel
          </Button>
        )}
      </div>
      {cancel.error !== null && <ErrorNotice title="It was not cancelled" error={cancel.error} />}
    </>
  );
}
