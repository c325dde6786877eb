import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import type { DeployedFunction } from "../../../mesh/deployment.ts";
import type { StoredFunction } from "../../../mesh/function.ts";
import { useProjectApi } from "../../api/api-context.tsx";
import { ProblemError } from "../../api/problem-error.ts";
import { functionKey, functionPath } from "../functions-api.ts";

/** Instances come and go: how often to look. */
const LOOK_AGAIN_MS = 2000;

/** Where the API says how a function is deployed. */
export function deploymentPath(id: string): string {
  return `${functionPath(id)}/deployment`;
}

/** How a function is deployed; `null` when it is not. */
export function useDeployment(project: string, { id, label }: StoredFunction): UseQueryResult<DeployedFunction | null> {
  const api = useProjectApi(project);
  return useQuery({
    queryKey: [...functionKey(project, label), "deployment"],
    queryFn: async ({ signal }) => {
      try {
        return await api.get<DeployedFunction>(deploymentPath(id), { signal });
      } catch (error) {
        if (error instanceof ProblemError && error.status === 404) return null;
        throw error;
      }
    },
    refetchInterval: LOOK_AGAIN_MS,
  });
}
