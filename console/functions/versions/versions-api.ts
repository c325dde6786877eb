import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import type { FunctionVersion, StoredFunction } from "../../../mesh/function.ts";
import type { BuiltImage, Job } from "../../../mesh/job.ts";
import { useProjectApi } from "../../api/api-context.tsx";
import { functionKey, functionPath } from "../functions-api.ts";

/** The newest versions of a function, newest first: a hundred at most. */
export function useVersions(project: string, fn: StoredFunction): UseQueryResult<readonly FunctionVersion[]> {
  const api = useProjectApi(project);
  return useQuery({
    // A new version is another list.
    queryKey: [...functionKey(project, fn.label), "versions", fn.version],
    queryFn: ({ signal }) => api.get<readonly FunctionVersion[]>(`${functionPath(fn.id)}/versions`, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: (before) => before,
  });
}

/** The image of each version that was built, as far as jobs tell. */
export function imagesOf(jobs: readonly Job[]): ReadonlyMap<number, BuiltImage> {
  return new Map(jobs.flatMap(({ version, image }) => (image === undefined ? [] : [[version, image] as const])));
}
