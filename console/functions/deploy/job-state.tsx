import type { ReactNode } from "react";
import type { Job, JobState as State } from "../../../mesh/job.ts";
import { Status } from "../../ui/badge.tsx";
import type { Tone } from "../../ui/tone.ts";

const TONES: Readonly<Record<State, Tone>> = {
  queued: "neutral",
  running: "info",
  succeeded: "good",
  failed: "bad",
  cancelled: "warning",
};

/** How a job stands. */
export function JobState({
  job: { state },
  isPlain = false,
}: {
  readonly job: Pick<Job, "state">;
  readonly isPlain?: boolean;
}): ReactNode {
  return (
    <Status tone={TONES[state]} isBusy={state === "running"} isPlain={isPlain}>
      {state}
    </Status>
  );
}
