import * as v from "valibot";
import { MeshError } from "../../mesh/errors.ts";
import type { StoredFunction } from "../../mesh/function.ts";
import type { Job } from "../../mesh/job.ts";
import { pause } from "../../mesh/pause.ts";
import type { NewJob } from "../store.ts";
import { callerId } from "./caller-id.ts";
import { existingFunction } from "./functions.ts";
import { JOBS_PATH } from "./jobs.ts";
import type { ApiParts, OperationFace, RequestContext } from "./operation.ts";
import { preferredWaitMs } from "./prefer.ts";
import { functionParams, jobSchema } from "./schemas.ts";

/** How often it is looked whether a job has ended, in milliseconds. */
const LOOK_MS = 50;

/** What of the caller's time is left for the answer, in milliseconds. */
const ANSWER_MS = 250;

/** What operations that begin jobs have in common. */
export const JOB_FACE = {
  tag: "jobs",
  method: "post",
  params: functionParams,
  headers: { Prefer: "`wait=20`: the answer comes when the job has ended, or after so many seconds (RFC 7240)." },
  success: {
    ...{ status: 202, description: "The job, which goes on", body: jobSchema },
    also: { 200: "The job, which has ended" },
    headers: { Location: "The path of the job.", "Preference-Applied": "`wait`, when it was asked for." },
  },
} as const satisfies Partial<OperationFace>;

/** Which version a query means. */
export const versionQuery = v.optional(
  v.pipe(
    v.string(),
    v.regex(/^[1-9]\d{0,8}$/, "name a version, like 3"),
    v.transform(Number),
    v.number(),
    v.integer(),
    v.minValue(1),
    v.description("Which version. Default: the latest."),
  ),
);

/** What of a job its caller says. */
export interface AskedJob extends Pick<NewJob, "kind" | "percent"> {
  readonly functionId: string;
  /** Default: the latest. */
  readonly version: number | undefined;
}

/**
 * Has a job done: answers at once, or when it has ended, as the caller prefers.
 * @throws MeshError `function_not_found`; `invalid_request`, status 409, when the same is being done otherwise.
 */
export async function requestJob(
  { functionId, version, ...asked }: AskedJob,
  {
    headers,
    parts,
    context,
  }: { readonly headers: Headers; readonly parts: ApiParts; readonly context: RequestContext },
): Promise<Response> {
  const stored = await existingFunction(functionId, parts);
  const wanted = { functionId, label: stored.label, version: await existingVersion(stored, version, parts) };
  const created = await parts.store.jobs.create(parts.project, { ...asked, ...wanted, createdBy: callerId(context) });
  if (created.percent !== asked.percent) throw otherwise(created);
  parts.wakeJobs();
  const waitMs = preferredWaitMs(headers);
  const untilMs = Math.min(Date.now() + (waitMs ?? 0), context.deadlineMs - ANSWER_MS);
  const job = waitMs === undefined ? created : await ended(created, untilMs, parts);
  return Response.json(job, {
    status: job.endedAt === undefined ? 202 : 200,
    headers: {
      Location: `${JOBS_PATH}/${job.id}`,
      ...(waitMs !== undefined && { "Preference-Applied": `wait=${waitMs / 1000}` }),
    },
  });
}

async function existingVersion(
  { id, label, version: latest }: StoredFunction,
  version = latest,
  { store, project }: ApiParts,
): Promise<number> {
  if ((await store.functions.version(project, id, version)) !== undefined) return version;
  throw new MeshError("function_not_found", `function "${label}" has no version ${version}`);
}

/** The job when it has ended, or as it is when the time is over. */
async function ended(job: Job, untilMs: number, { store, project }: ApiParts): Promise<Job> {
  const never = new AbortController().signal;
  let current = job;
  while (current.endedAt === undefined && Date.now() < untilMs) {
    await pause(LOOK_MS, never);
    current = (await store.jobs.get(project, job.id)) ?? current;
  }
  return current;
}

function otherwise({ id, label, version, percent }: Job): MeshError {
  const text = `version ${version} of "${label}" is being deployed for ${percent} % of the calls; wait for job "${id}", or cancel it`;
  return new MeshError("invalid_request", text, { status: 409 });
}
