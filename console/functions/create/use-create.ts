import { type UseMutationResult, useMutation, useQueryClient } from "@tanstack/react-query";
import type { FunctionInput, StoredFunction } from "../../../mesh/function.ts";
import { useProjectApi } from "../../api/api-context.tsx";
import { FUNCTIONS_PATH, type TaggedFunction, functionKey } from "../functions-api.ts";
import { functionsRoute } from "../routes.ts";
import { useFunctionsChanged } from "../use-functions.ts";

/** What a new function is given; the rest has defaults. */
export type NewFunction = Pick<FunctionInput, "label" | "template" | "runtime" | "handler">;

/** Stores a function and goes to its editor. */
export function useCreate(project: string): UseMutationResult<TaggedFunction, Error, NewFunction> {
  const api = useProjectApi(project);
  const cache = useQueryClient();
  const changed = useFunctionsChanged(project);
  const navigate = functionsRoute.useNavigate();
  return useMutation({
    mutationFn: async (json) => {
      const { value: fn, etag } = await api.ask<StoredFunction>(FUNCTIONS_PATH, { method: "POST", json });
      return { fn, etag };
    },
    onSuccess: async (created) => {
      const { label: name } = created.fn;
      cache.setQueryData(functionKey(project, name), created);
      await navigate({ to: "/functions/$project/$name", params: { project, name }, search: { tab: "code" } });
      await changed();
    },
  });
}
