import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import type { DeployedFunction } from "../../../mesh/deployment.ts";
import type { StoredFunction } from "../../../mesh/function.ts";
import { useProjectApi } from "../../api/api-context.tsx";
import { deploymentsKey, listDeployments } from "../deployments.ts";
import { functionPath } from "../functions-api.ts";

/** Instances come and go: how often to look. */
const LOOK_AGAIN_MS = 2000;

/** Where the API has how a function is deployed. */
export function deploymentPath(id: string): string {
  return `${functionPath(id)}/deployment`;
}

/** How a function is deployed; `null` when it is not. */
export function useDeployment(project: string, { label }: StoredFunction): UseQueryResult<DeployedFunction | null> {
  const api = useProjectApi(project);
  return useQuery({
    queryKey: deploymentsKey(project),
    // Asked for by itself, one that is not deployed would be a 404, which browsers log as an error.
    queryFn: ({ signal }) => listDeployments(api, signal),
    select: (all) => all.find((each) => each.label === label) ?? null,
    refetchInterval: LOOK_AGAIN_MS,
  });
}
