import type { ReactNode } from "react";
import type { Job } from "../../../mesh/job.ts";
import { Status } from "../../ui/badge.tsx";
import { JOB_TONES } from "../build/job-tones.ts";

/** How a job stands. */
export function JobState({
  job: { state },
  isPlain = false,
}: {
  readonly job: Pick<Job, "state">;
  readonly isPlain?: boolean;
}): ReactNode {
  return (
    <Status tone={JOB_TONES[state]} isBusy={state === "running"} isPlain={isPlain}>
      {state}
    </Status>
  );
}
