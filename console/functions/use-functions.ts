import { type UseQueryResult, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import type { StoredFunction } from "../../mesh/function.ts";
import type { HttpApi } from "../api/http-api.ts";
import { ProblemError } from "../api/problem-error.ts";
import { useProjectApi } from "../api/api-context.tsx";
import { type TaggedFunction, functionKey, functionsKey, getFunction, listFunctions } from "./functions-api.ts";

const LOOK_AGAIN_MS = 5000;

/** Others change things, too: how often to look, unless what was asked for is refused for good. */
export function lookAgain({ state }: { readonly state: { readonly error: Error | null } }): number | false {
  return state.error instanceof ProblemError && !state.error.isTransient ? false : LOOK_AGAIN_MS;
}

/** The functions of a project, by label. */
export function useFunctions(project: string): UseQueryResult<readonly StoredFunction[]> {
  const api = useProjectApi(project);
  return useQuery({
    queryKey: functionsKey(project),
    queryFn: ({ signal }) => listFunctions(api, signal),
    refetchInterval: lookAgain,
  });
}

/** A function by its label; `null` when there is none. */
export function useFunction(project: string, label: string): UseQueryResult<TaggedFunction | null> {
  const api = useProjectApi(project);
  const cache = useQueryClient();
  const key = functionKey(project, label);
  return useQuery({
    queryKey: key,
    queryFn: async ({ signal }) => {
      const id =
        cache.getQueryData<TaggedFunction | null>(key)?.fn.id ??
        idIn(cache.getQueryData<readonly StoredFunction[]>(functionsKey(project)), label);
      const found = id === undefined ? undefined : await getIfThere(api, id, signal);
      if (found?.fn.label === label) return found;
      // Deleted and made again, or given that label since.
      const now = idIn(await listFunctions(api, signal), label);
      return now === undefined ? null : getFunction(api, now, signal);
    },
    refetchInterval: lookAgain,
  });
}

/** What to do after something was changed: asks again for all that is shown of the project's functions. */
export function useFunctionsChanged(project: string): () => Promise<void> {
  const cache = useQueryClient();
  return useCallback(() => cache.invalidateQueries({ queryKey: functionsKey(project) }), [cache, project]);
}

function idIn(functions: readonly StoredFunction[] | undefined, label: string): string | undefined {
  return functions?.find((each) => each.label === label)?.id;
}

async function getIfThere(api: HttpApi, id: string, signal: AbortSignal): Promise<TaggedFunction | undefined> {
  try {
    return await getFunction(api, id, signal);
  } catch (error) {
    if (error instanceof ProblemError && error.status === 404) return undefined;
    throw error;
  }
}
