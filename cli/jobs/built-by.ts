import { BUILD_STEPS } from "../../mesh/build.ts";
import type { BuiltImage, Job } from "../../mesh/job.ts";
import type { ApiClient } from "../api/api-client.ts";
import { JOBS_PATH } from "../api/jobs.ts";
import { Failure } from "../failure.ts";
import type { WantedVersion } from "./request-job.ts";

const [FIRST_BUILD_STEP] = BUILD_STEPS;

/** A job with what came out of it. */
export interface SuccessfulBuild extends Job {
  readonly image: BuiltImage;
}

/** The newest build of a version, or of any when none is named. @throws Failure when there is none. */
export async function builtBy(
  api: ApiClient,
  { id: functionId, label, version }: WantedVersion & { readonly label: string },
): Promise<SuccessfulBuild> {
  let cursor: string | undefined;
  do {
    const { items, next } = await api.page<Job>(JOBS_PATH, { functionId, limit: "100", cursor });
    for (const { image, ...job } of items) {
      if (image === undefined || !hasBuilt(job)) continue;
      if (version === undefined || job.version === version) return { ...job, image };
    }
    cursor = next;
  } while (cursor !== undefined);
  const what = version === undefined ? `"${label}"` : `version ${version} of "${label}"`;
  throw new Failure(`no image of ${what} was built; \`fmesh functions build\` builds one`);
}

/** A deployment builds what was not built before. */
function hasBuilt({ kind, steps }: Pick<Job, "kind" | "steps">): boolean {
  return kind === "build" || steps.some(({ name }) => name === FIRST_BUILD_STEP);
}
