import type { Job, JobKind } from "../../mesh/job.ts";
import type { ApiClient } from "../api/api-client.ts";
import { FUNCTIONS_PATH } from "../api/functions.ts";
import { jobPath } from "../api/jobs.ts";
import type { ApiOptions } from "../api/options.ts";
import { watchJob } from "./watch-job.ts";

/** Which version of which function; without a number the newest. */
export interface WantedVersion {
  readonly id: string;
  readonly version: number | undefined;
}

/** What is to be done with a version. */
export interface WantedJob extends WantedVersion {
  readonly kind: JobKind;
  /** Of a deployment: percent of the calls that the version is to get; all of them if not given. */
  readonly percent?: number | undefined;
}

/** Has something done with a version. @throws Failure when it is refused. */
export async function requestJob(api: ApiClient, { kind, id, version, percent }: WantedJob): Promise<Job> {
  const query = new URLSearchParams();
  if (version !== undefined) query.set("version", String(version));
  if (percent !== undefined) query.set("percent", String(percent));
  const path = `${FUNCTIONS_PATH}/${kind}/${encodeURIComponent(id)}`;
  return (await api.request<Job>(query.size === 0 ? path : `${path}?${query}`, { method: "POST" })).item;
}

/**
 * Has something done with a version, and shows how that goes until it has ended. When the signal aborts before that, the job is
 * cancelled.
 * @throws Failure when it is refused, or cannot be followed.
 */
export async function finishJob(
  api: ApiClient,
  wanted: WantedJob,
  { signal, ...options }: ApiOptions & { readonly signal: AbortSignal },
): Promise<Job> {
  const { id } = await requestJob(api, wanted);
  const job = await watchJob(id, options, signal);
  return job ?? (await api.request<Job>(jobPath(id), { method: "DELETE" })).item;
}
