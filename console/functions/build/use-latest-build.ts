import type { StoredFunction } from "../../../mesh/function.ts";
import { functionRoute } from "../routes.ts";
import { useFunctionsChanged } from "../use-functions.ts";
import { useJobs } from "./jobs-api.ts";
import { type UsedJob, useJob } from "./use-job.ts";

/**
 * The job that the address names, or the newest build of the latest version, as it goes. A deployment builds, too, what was
 * not built before. `undefined` when there is none.
 */
export function useLatestBuild(project: string, fn: StoredFunction): UsedJob | undefined {
  const { job: named } = functionRoute.useSearch();
  const changed = useFunctionsChanged(project);
  const jobs = useJobs(project, fn.id);
  const ofLatest = jobs.data?.filter(({ version }) => version === fn.version) ?? [];
  const id = named ?? (ofLatest.find(({ kind }) => kind === "build") ?? ofLatest[0])?.id;
  const used = useJob(project, id, () => void changed());
  return id === undefined ? undefined : used;
}
