import * as v from "valibot";
import { MeshError } from "../../mesh/errors.ts";
import type { Job } from "../../mesh/job.ts";
import { pause } from "../../mesh/pause.ts";
import { callerId } from "./caller-id.ts";
import { existingFunction } from "./functions.ts";
import { JOBS_PATH } from "./jobs.ts";
import { type ApiParts, type Operation, operation } from "./operation.ts";
import { preferredWaitMs } from "./prefer.ts";
import { functionParams, jobSchema } from "./schemas.ts";

/** How often it is looked whether a job has ended, in milliseconds. */
const LOOK_MS = 50;

/** What of the caller's time is left for the answer, in milliseconds. */
const ANSWER_MS = 250;

const versionQuery = v.strictObject({
  version: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^[1-9]\d{0,8}$/, "name a version, like 3"),
      v.transform(Number),
      v.number(),
      v.integer(),
      v.minValue(1),
      v.description("Which version. Default: the latest."),
    ),
  ),
});

export const BUILD_OPERATIONS: readonly Operation[] = [
  operation(
    {
      id: "buildFunction",
      tag: "jobs",
      method: "post",
      path: "/api/v1/functions/build/{id}",
      summary: "Builds the image of a version",
      description: "Gives the job that is under way for the same version, when there is one.",
      params: functionParams,
      query: versionQuery,
      headers: { Prefer: "`wait=20`: the answer comes when the job has ended, or after so many seconds (RFC 7240)." },
      success: {
        ...{ status: 202, description: "The job, which goes on", body: jobSchema },
        also: { 200: "The job, which has ended" },
        headers: { Location: "The path of the job.", "Preference-Applied": "`wait`, when it was asked for." },
      },
      refusals: [404],
    },
    async ({ params: { id }, query, headers }, parts, context) => {
      const { store, project, wakeJobs } = parts;
      const { label, version: latest } = await existingFunction(id, parts);
      const version = query.version ?? latest;
      if ((await store.functions.version(project, id, version)) === undefined)
        throw new MeshError("function_not_found", `function "${label}" has no version ${version}`);
      const asked = { kind: "build", functionId: id, label, version, createdBy: callerId(context) } as const;
      const created = await store.jobs.create(project, asked);
      wakeJobs();
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
    },
  ),
];

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
