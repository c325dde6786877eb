import type { BuiltImage, Job, JobProgress } from "../../mesh/job.ts";
import type { JobOutcome } from "../store.ts";
import type { ImagesTable, JobsTable } from "./tables.ts";

/** How a job begins. */
export const QUEUED = {
  state: "queued",
  progress: JSON.stringify({ steps: [], log: [] }),
  outcome: "{}",
  ...{ holder: null, held_until: null, started_at: null, ended_at: null },
} as const satisfies Partial<JobsTable>;

/** A job as it is handed out. */
export function toJob(row: JobsTable): Job {
  // As they were written by the job store.
  const { steps, log } = JSON.parse(row.progress) as JobProgress;
  const { image, deployed, error } = JSON.parse(row.outcome) as Pick<Job, "image" | "deployed" | "error">;
  return {
    ...{ id: row.id, project: row.project, kind: row.kind, functionId: row.function_id },
    ...{ label: row.label, version: row.version, percent: row.percent ?? undefined },
    ...{ state: row.state, steps, log, image, deployed, error },
    createdAt: new Date(row.created_at).toISOString(),
    createdBy: row.created_by,
    startedAt: row.started_at === null ? undefined : new Date(row.started_at).toISOString(),
    endedAt: row.ended_at === null ? undefined : new Date(row.ended_at).toISOString(),
  };
}

/** What is kept of an outcome beside the state. */
export function outcomeJson({ state: _, ...rest }: JobOutcome): string {
  return JSON.stringify(rest);
}

export function toImage({ reference, repository, digest }: ImagesTable): BuiltImage {
  return { reference, repository, digest };
}
