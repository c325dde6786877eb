import { type UseMutationResult, useMutation } from "@tanstack/react-query";
import type { StoredFunction } from "../../../mesh/function.ts";
import type { Job } from "../../../mesh/job.ts";
import { useProjectApi } from "../../api/api-context.tsx";
import { deploymentPath } from "../detail/deployment.ts";
import { FUNCTIONS_PATH } from "../functions-api.ts";
import { useFunctionsChanged } from "../use-functions.ts";

/** What is deployed, and how many of the calls it gets. */
export interface DeployWish {
  readonly version: number;
  readonly percent: number;
}

/** Has a version deployed, and built before if it was not. */
export function useDeploy(project: string, { id }: StoredFunction): UseMutationResult<Job, Error, DeployWish> {
  const api = useProjectApi(project);
  const changed = useFunctionsChanged(project);
  return useMutation({
    mutationFn: ({ version, percent }) =>
      api.post<Job>(`${FUNCTIONS_PATH}/deploy/${encodeURIComponent(id)}`, undefined, { query: { version, percent } }),
    onSuccess: () => void changed(),
  });
}

/** Has all of it stopped; it stays stored. */
export function useUndeploy(project: string, { id }: StoredFunction): UseMutationResult<void, Error, void> {
  const api = useProjectApi(project);
  const changed = useFunctionsChanged(project);
  return useMutation({
    mutationFn: () => api.delete<void>(deploymentPath(id)),
    onSuccess: () => void changed(),
  });
}
