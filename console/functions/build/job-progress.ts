import type { Job } from "../../../mesh/job.ts";
import type { StreamEvent } from "../../api/event-stream.ts";

/** A job as it is followed: its log comes line by line. */
export type FollowedJob = Omit<Job, "log">;

/** What has been told of a job so far. */
export interface JobProgress {
  readonly job: FollowedJob | undefined;
  readonly log: readonly string[];
}

/** Before anything was told. */
export const NOTHING_TOLD: JobProgress = { job: undefined, log: [] };

/** What is known after one more event of the job's stream. */
export function afterEvent(before: JobProgress, { event, data }: Pick<StreamEvent, "event" | "data">): JobProgress {
  if (event === "log") return { ...before, log: [...before.log, JSON.parse(data) as string] };
  if (event === undefined) return { ...before, job: JSON.parse(data) as FollowedJob };
  return before;
}

/** Each connection tells the log from its beginning; how the job was stays until it is told anew. */
export function onConnected(before: JobProgress): JobProgress {
  return { ...before, log: [] };
}

/** Whether nothing of it changes any more. */
export function hasEnded(job: Pick<Job, "endedAt">): boolean {
  return job.endedAt !== undefined;
}

/** How long it took, or has taken until now; `undefined` before it began. */
export function durationMs(
  { startedAt, endedAt }: Pick<Job, "startedAt" | "endedAt">,
  now: number,
): number | undefined {
  if (startedAt === undefined) return undefined;
  return Math.max(0, (endedAt === undefined ? now : Date.parse(endedAt)) - Date.parse(startedAt));
}
