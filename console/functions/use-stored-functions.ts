import { useQueries, useQuery } from "@tanstack/react-query";
import type { MeshView } from "../../mesh/mesh-view.ts";
import type { StoredFunction } from "../../mesh/function.ts";
import { useAdminApi, useProjectApis } from "../api/api-context.tsx";
import { useSession } from "../session/session-context.tsx";
import { projectsWith } from "./deployments.ts";
import { functionsKey, listFunctions } from "./functions-api.ts";

const FRESH_MS = 30_000;

/** The stored functions of all projects that can be asked; none of what cannot. */
export function useStoredFunctions(): readonly StoredFunction[] {
  const admin = useAdminApi();
  const apiOf = useProjectApis();
  const { can } = useSession();
  const isOn = can("change");
  const { data: mesh } = useQuery({
    queryKey: ["admin", "mesh"],
    queryFn: ({ signal }) => admin.get<MeshView>("/v1/admin/mesh", { signal }),
    staleTime: FRESH_MS,
    enabled: isOn,
  });
  return useQueries({
    queries: (isOn ? projectsWith(mesh?.services ?? [], ["functions"]) : []).map((project) => ({
      queryKey: functionsKey(project),
      queryFn: ({ signal }: { readonly signal: AbortSignal }) => listFunctions(apiOf(project), signal),
      staleTime: FRESH_MS,
    })),
    combine: (results) => results.flatMap(({ data = [] }) => data),
  });
}
