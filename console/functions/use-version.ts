import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import type { FunctionVersion, StoredFunction } from "../../mesh/function.ts";
import { useProjectApi } from "../api/api-context.tsx";
import { functionKey, functionPath } from "./functions-api.ts";

/** One version of a function: it never changes. */
export function useVersion(project: string, fn: StoredFunction, version: number): UseQueryResult<FunctionVersion> {
  const api = useProjectApi(project);
  return useQuery({
    queryKey: [...functionKey(project, fn.label), "version", version],
    queryFn: ({ signal }) => api.get<FunctionVersion>(`${functionPath(fn.id)}/versions/${version}`, { signal }),
  });
}
