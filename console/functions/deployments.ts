import { useQueries } from "@tanstack/react-query";
import type { DeployedFunction } from "../../mesh/deployment.ts";
import type { ServiceView } from "../../mesh/mesh-view.ts";
import { useProjectApis } from "../api/api-context.tsx";
import type { HttpApi } from "../api/http-api.ts";
import { useSession } from "../session/session-context.tsx";
import { functionsKey } from "./functions-api.ts";
import { lookAgain } from "./use-functions.ts";

/** What is deployed changes seldom, and asking for it counts among the calls of the mesh. */
const LOOK_AGAIN_MS = 15_000;

/** Parts of the mesh that have to be there before what is deployed can be asked for. */
const ASKED = ["functions", "deployer"];

/** In the cache: all that is deployed of a project. */
export function deploymentsKey(project: string): readonly string[] {
  return [...functionsKey(project), "deployments"];
}

/** All that is deployed of a project. */
export function listDeployments(api: HttpApi, signal?: AbortSignal): Promise<readonly DeployedFunction[]> {
  return api.get<readonly DeployedFunction[]>("/api/v1/deployments", { signal });
}

/** What is deployed in all projects that can be asked; none of what cannot: pages of the mesh do without. */
export function useDeployed(services: readonly ServiceView[] | undefined): readonly DeployedFunction[] {
  const apiOf = useProjectApis();
  const { can } = useSession();
  return useQueries({
    // The rules of a project may refuse those who only look, which browsers log as an error.
    queries: (can("change") ? projectsWith(services ?? [], ASKED) : []).map((project) => ({
      queryKey: deploymentsKey(project),
      queryFn: ({ signal }: { readonly signal: AbortSignal }) => listDeployments(apiOf(project), signal),
      refetchInterval: (query: Parameters<typeof lookAgain>[0]) => lookAgain(query) && LOOK_AGAIN_MS,
    })),
    combine: (results) => results.flatMap(({ data = [] }) => data),
  });
}

/** The projects in which all these services are. */
export function projectsWith(services: readonly ServiceView[], names: readonly string[]): string[] {
  const projects = new Set(services.flatMap(({ project }) => (project === null ? [] : [project])));
  return [...projects].filter((project) =>
    names.every((name) => services.some((each) => each.project === project && each.name === name)),
  );
}
