import type { Job } from "../../mesh/job.ts";
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

/** Asks for the image of a version. @throws Failure when it is refused. */
export async function requestBuild(api: ApiClient, { id, version }: WantedVersion): Promise<Job> {
  const which = version === undefined ? "" : `?version=${version}`;
  const path = `${FUNCTIONS_PATH}/build/${encodeURIComponent(id)}${which}`;
  return (await api.request<Job>(path, { method: "POST" })).item;
}

/**
 * Has the image of a version built, and shows how that goes until it has ended. When the signal aborts before that, the
 * build is cancelled.
 * @throws Failure when it is refused, or cannot be followed.
 */
export async function buildVersion(
  api: ApiClient,
  wanted: WantedVersion,
  { signal, ...options }: ApiOptions & { readonly signal: AbortSignal },
): Promise<Job> {
  const { id } = await requestBuild(api, wanted);
  const job = await watchJob(id, options, signal);
  return job ?? (await api.request<Job>(jobPath(id), { method: "DELETE" })).item;
}
