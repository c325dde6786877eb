import type { JobState } from "../../../mesh/job.ts";
import type { Tone } from "../../ui/tone.ts";

/** How each state of a job looks. */
export const JOB_TONES: Readonly<Record<JobState, Tone>> = {
  queued: "neutral",
  running: "info",
  succeeded: "good",
  failed: "bad",
  cancelled: "warning",
};
