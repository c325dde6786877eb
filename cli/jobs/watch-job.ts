import type { Job, JobKind } from "../../mesh/job.ts";
import { ApiClient } from "../api/api-client.ts";
import { trafficText } from "../api/functions.ts";
import { errorText, jobPath } from "../api/jobs.ts";
import type { ApiOptions } from "../api/options.ts";
import { printJson, printLines } from "../api/print.ts";
import { Failure } from "../failure.ts";
import { styleFor } from "../terminal/style.ts";
import { followJob } from "./follow-job.ts";
import { JobLines } from "./job-lines.ts";

/**
 * Shows a job on the standard error as it goes, until it has ended.
 * @returns the job, or `undefined` when the signal aborts before that.
 * @throws Failure when it cannot be followed.
 */
export async function watchJob(id: string, options: ApiOptions, signal: AbortSignal): Promise<Job | undefined> {
  const lines = new JobLines(styleFor(process.stderr.isTTY, process.env));
  const isShown = options.json !== true;
  const say = (text: string): void => void (isShown && process.stderr.write(`${text}\n`));
  const ended = await followJob(id, options, {
    signal,
    onChange: (job) => lines.linesOf(job).forEach(say),
    onLog: (line) => say(lines.logLine(line)),
    onBroken: () => say("fmesh: the job cannot be followed at the moment; trying on"),
  });
  if (ended === undefined) return undefined;
  const api = await ApiClient.open(options);
  return (await api.request<Job>(jobPath(id))).item;
}

/** What people call jobs of a kind. */
export const JOB_NOUNS: Readonly<Record<JobKind, string>> = { build: "build", deploy: "deployment" };

/** Prints what came out of a job: the image that was built, or where it is called. @throws Failure with what went wrong with it. */
export function printOutcome(job: Job, { json }: ApiOptions): void {
  const { kind, state, image, deployed, error, label, version } = job;
  if (json === true) {
    printJson(job);
    if (state !== "succeeded") process.exitCode = 1;
    return;
  }
  if (deployed !== undefined) {
    process.stderr.write(`calls of "${label}" go to ${trafficText(deployed.traffic)}\n`);
    printLines([deployed.url]);
  } else if (kind === "build" && image !== undefined) printLines([image.reference]);
  if (state === "succeeded") return;
  const what = `${JOB_NOUNS[kind]} of version ${version} of "${label}"`;
  throw new Failure(error === undefined ? `the ${what} was ${state}` : errorText(error));
}
