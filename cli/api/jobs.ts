import type { Job } from "../../mesh/job.ts";
import { JobLines } from "../jobs/job-lines.ts";
import { formatMs } from "../services/format.ts";
import { printable } from "../terminal/printable.ts";
import { styleFor } from "../terminal/style.ts";
import { type Listing, printFacts, printLines } from "./print.ts";

export const JOBS_PATH = "/api/v1/jobs";

/** Where the API keeps one job. */
export function jobPath(id: string): string {
  return `${JOBS_PATH}/${encodeURIComponent(id)}`;
}

export const JOB_LISTING: Listing<Job> = {
  columns: [
    { title: "CREATED", cell: ({ createdAt }) => createdAt },
    { title: "KIND", leaveOut: 1, cell: ({ kind }) => kind },
    { title: "FUNCTION", cell: ({ label }) => printable(label) },
    { title: "VERSION", align: "right", cell: ({ version }) => String(version) },
    { title: "STATE", cell: ({ state }) => state },
    { title: "TOOK", align: "right", leaveOut: 3, cell: (job) => formatMs(durationOf(job)) },
    { title: "ERROR", leaveOut: 2, cell: ({ error }) => printable(error?.code ?? "") },
    { title: "ID", cell: ({ id }) => id },
  ],
  isBad: ({ state }) => state === "failed",
  empty: "no such job; `fmesh functions build` and `deploy` begin one",
};

/** Prints all that is known of a job. */
export function printJob(job: Job): void {
  const {
    id,
    kind,
    label,
    version,
    percent,
    state,
    image,
    deployed,
    error,
    createdAt,
    createdBy,
    startedAt,
    endedAt,
    steps,
    log,
  } = job;
  printFacts({
    id,
    kind,
    function: `${label}, version ${version}`,
    state,
    calls: percent === undefined ? undefined : `${percent} %`,
    image: image?.reference,
    url: deployed?.url,
    created: `${createdAt} by ${createdBy}`,
    started: startedAt,
    ended: endedAt,
    took: endedAt === undefined ? undefined : formatMs(durationOf(job)),
  });
  const lines = new JobLines(styleFor(process.stdout.isTTY, process.env));
  const sections = [
    ["steps", steps.map((step) => `  ${lines.stepLine(step)}`)],
    ["log", log.map((line) => lines.logLine(line))],
    ["error", error === undefined ? [] : [errorText(error)]],
  ] as const;
  for (const [name, told] of sections) if (told.length > 0) printLines(["", `${name}:`, ...told]);
}

/** What went wrong, with the lines of the handler that are at fault, when it is. */
export function errorText({ code, message }: NonNullable<Job["error"]>): string {
  return printable(`${code}: ${message}`);
}

function durationOf({ startedAt, endedAt }: Job): number | null {
  return startedAt === undefined || endedAt === undefined ? null : Date.parse(endedAt) - Date.parse(startedAt);
}
