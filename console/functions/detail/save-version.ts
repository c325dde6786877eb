import { type UseMutationResult, useMutation, useQueryClient } from "@tanstack/react-query";
import type { FunctionInput, FunctionVersion, StoredFunction } from "../../../mesh/function.ts";
import { useProjectApi } from "../../api/api-context.tsx";
import type { HttpApi } from "../../api/http-api.ts";
import { ProblemError } from "../../api/problem-error.ts";
import { type TaggedFunction, functionKey, functionPath, functionsKey, getFunction } from "../functions-api.ts";

/** What is saved: what is left out stays as it is in `base`. */
export interface VersionChange {
  /** The function as it was when the change began: if there is another version by now, nothing is overwritten. */
  readonly base: StoredFunction;
  readonly change: Partial<FunctionInput>;
}

/** What a version is made of, without who made it and when. */
export function inputOf(version: FunctionVersion): FunctionInput {
  const { label, description, template, runtime, handler, env, secrets } = version;
  const { dependencies, timeoutMs, scale, resources, network } = version;
  return {
    ...{ label, description, template, runtime, handler, env, secrets },
    ...{ dependencies, timeoutMs, scale, resources, network },
  };
}

/**
 * Makes a new version of a function. A build or a deployment that ends meanwhile is no conflict; a version that somebody
 * else has saved is: 412.
 */
export async function saveVersion(api: HttpApi, { base, change }: VersionChange): Promise<TaggedFunction> {
  const { fn: current, etag } = await getFunction(api, base.id);
  if (current.version !== base.version) throw savedMeanwhile(current);
  const { value: fn, etag: next } = await api.ask<StoredFunction>(functionPath(base.id), {
    method: "PUT",
    json: { ...inputOf(base), ...change },
    headers: etag === undefined ? {} : { "If-Match": etag },
  });
  return { fn, etag: next };
}

/** The same as something that components do; what is shown of the function is brought up to date. */
export function useSaveVersion(project: string): UseMutationResult<TaggedFunction, Error, VersionChange> {
  const api = useProjectApi(project);
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (wish) => saveVersion(api, wish),
    onSuccess: (saved) => {
      cache.setQueryData(functionKey(project, saved.fn.label), saved);
      return cache.invalidateQueries({ queryKey: functionsKey(project) });
    },
  });
}

function savedMeanwhile({ label, version, createdBy }: StoredFunction): ProblemError {
  return new ProblemError({
    type: "about:blank",
    title: "Saved by somebody else",
    status: 412,
    code: "saved_meanwhile",
    detail: `"${createdBy}" saved version ${version} of "${label}" meanwhile; copy what you changed and load the newest version`,
  });
}
