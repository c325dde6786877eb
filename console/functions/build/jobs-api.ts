import { type UseMutationResult, type UseQueryResult, useMutation, useQuery } from "@tanstack/react-query";
import type { Job } from "../../../mesh/job.ts";
import { useProjectApi } from "../../api/api-context.tsx";
import { FUNCTIONS_PATH, functionsKey } from "../functions-api.ts";
import { lookAgain, useFunctionsChanged } from "../use-functions.ts";

/** Where the API keeps jobs. */
export const JOBS_PATH = "/api/v1/jobs";

/** Where the API keeps one of them. */
export function jobPath(id: string): string {
  return `${JOBS_PATH}/${encodeURIComponent(id)}`;
}

/** How many of the newest jobs are shown. */
const LIMIT = 50;

/** The newest jobs of a project, or of one of its functions, newest first. */
export function useJobs(project: string, functionId?: string): UseQueryResult<readonly Job[]> {
  const api = useProjectApi(project);
  return useQuery({
    queryKey: [...functionsKey(project), "jobs", functionId ?? ""],
    queryFn: ({ signal }) => api.get<readonly Job[]>(JOBS_PATH, { signal, query: { functionId, limit: LIMIT } }),
    refetchInterval: lookAgain,
  });
}

/** Has the image of a version built; one that is being built already is that job. */
export function useBuild(
  project: string,
): UseMutationResult<Job, Error, { readonly id: string; readonly version: number }> {
  const api = useProjectApi(project);
  const changed = useFunctionsChanged(project);
  return useMutation({
    mutationFn: ({ id, version }) =>
      api.post<Job>(`${FUNCTIONS_PATH}/build/${encodeURIComponent(id)}`, undefined, { query: { version } }),
    onSuccess: () => void changed(),
  });
}

/** Gives a job up. */
export function useCancelJob(project: string): UseMutationResult<Job, Error, string> {
  const api = useProjectApi(project);
  const changed = useFunctionsChanged(project);
  return useMutation({ mutationFn: (id) => api.delete<Job>(jobPath(id)), onSuccess: () => void changed() });
}
