import * as v from "valibot";
import { MeshError } from "../../mesh/errors.ts";
import type { Job } from "../../mesh/job.ts";
import { EVENT_STREAM, streamResponse, wantsStream } from "./event-stream.ts";
import { jobFeed } from "./job-feed.ts";
import { type ApiParts, type Operation, operation } from "./operation.ts";
import { PAGE_HEADERS, pageQuery, pageResponse, toPageRequest } from "./paging.ts";
import { jobParams, jobSchema } from "./schemas.ts";

export const JOBS_PATH = "/api/v1/jobs";
const ONE = `${JOBS_PATH}/{id}` as const;

const jobQuery = v.strictObject({
  functionId: v.optional(v.pipe(v.string(), v.uuid(), v.description("Only jobs of this function."))),
  ...pageQuery,
});

export const JOB_OPERATIONS: readonly Operation[] = [
  operation(
    {
      id: "listJobs",
      tag: "jobs",
      method: "get",
      path: JOBS_PATH,
      summary: "Lists jobs, newest first",
      description: "Up to 100 at once when no `limit` is given.",
      query: jobQuery,
      success: { status: 200, description: "The jobs", body: v.array(jobSchema), headers: PAGE_HEADERS },
      refusals: [],
    },
    async ({ query: { limit, cursor, ...filter }, url }, { store, project }) =>
      pageResponse(await store.jobs.list(project, filter, toPageRequest({ limit, cursor }, 100)), url),
  ),
  operation(
    {
      id: "getJob",
      tag: "jobs",
      method: "get",
      path: ONE,
      summary: "Shows how far a job is",
      description:
        `With \`Accept: ${EVENT_STREAM}\` it is told until the job has ended: the job each time it has changed, and each line ` +
        "of its log as an event `log`.",
      params: jobParams,
      headers: { Accept: `\`application/json\`, or \`${EVENT_STREAM}\`.` },
      success: { status: 200, description: "The job", body: jobSchema, texts: [EVENT_STREAM] },
      refusals: [404],
    },
    async ({ params, headers }, parts) => {
      const job = await existingJob(params.id, parts);
      if (!wantsStream(headers)) return Response.json(job, { headers: { Vary: "Accept" } });
      return streamResponse(jobFeed(() => existingJob(params.id, parts), parts.streams.ending));
    },
  ),
  operation(
    {
      id: "cancelJob",
      tag: "jobs",
      method: "delete",
      path: ONE,
      summary: "Cancels a job",
      description: "One that has ended stays as it is.",
      params: jobParams,
      success: { status: 200, description: "The job as it is now", body: jobSchema },
      refusals: [404],
    },
    async ({ params: { id } }, { store, project }) => {
      const job = await store.jobs.cancel(project, id);
      if (job === undefined) throw noJob(id);
      return Response.json(job);
    },
  ),
];

async function existingJob(id: string, { store, project }: ApiParts): Promise<Job> {
  const job = await store.jobs.get(project, id);
  if (job === undefined) throw noJob(id);
  return job;
}

function noJob(id: string): MeshError {
  return new MeshError("invalid_request", `there is no job "${id}"; list them with GET ${JOBS_PATH}`, { status: 404 });
}
