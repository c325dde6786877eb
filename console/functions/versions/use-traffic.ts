import { type UseMutationResult, useMutation, useQueryClient } from "@tanstack/react-query";
import type { StoredFunction, Traffic } from "../../../mesh/function.ts";
import { useProjectApi } from "../../api/api-context.tsx";
import type { HttpApi } from "../../api/http-api.ts";
import { ProblemError } from "../../api/problem-error.ts";
import { useToasts } from "../../ui/toast.tsx";
import { isSameTraffic, trafficInWords } from "../detail/traffic-words.ts";
import { type TaggedFunction, functionKey, functionPath, getFunction } from "../functions-api.ts";
import { useFunctionsChanged } from "../use-functions.ts";

/** Where calls are to go: said outright, or all of them to one version, or back to the one before. */
export type TrafficChange = { readonly traffic: Traffic } | { readonly promote: number } | { readonly rollback: true };

/** A change, and where calls went when somebody decided on it: if they go elsewhere by now, nothing is done. */
interface TrafficWish {
  readonly seen: Traffic;
  readonly change: TrafficChange;
  /** It takes back a change, and so cannot be taken back itself. */
  readonly isUndo?: boolean;
}

/** Sends calls elsewhere in one request, says so, and offers to take it back. */
export function useTraffic(project: string, fn: StoredFunction): UseMutationResult<TaggedFunction, Error, TrafficWish> {
  const api = useProjectApi(project);
  const cache = useQueryClient();
  const toasts = useToasts();
  const changed = useFunctionsChanged(project);
  const mutation: UseMutationResult<TaggedFunction, Error, TrafficWish> = useMutation({
    mutationFn: (wish) => sendCalls(api, fn.id, wish),
    onSuccess: (now, { seen, isUndo = false }) => {
      cache.setQueryData(functionKey(project, fn.label), now);
      const undo = (): void => mutation.mutate({ seen: now.fn.traffic, change: { traffic: seen }, isUndo: true });
      const canUndo = !isUndo && Object.keys(seen).length > 0;
      toasts.good(trafficInWords(now.fn.traffic), canUndo ? { action: { label: "Undo", onPress: undo } } : {});
      return changed();
    },
    onError: (error) => toasts.bad("Calls go where they went before", error),
  });
  return mutation;
}

async function sendCalls(api: HttpApi, id: string, { seen, change }: TrafficWish): Promise<TaggedFunction> {
  const { fn: current, etag: tag } = await getFunction(api, id);
  if (!isSameTraffic(current.traffic, seen)) throw changedMeanwhile(current);
  const [path, method, json] =
    "traffic" in change
      ? (["traffic", "PUT", served(change.traffic)] as const)
      : "promote" in change
        ? (["promote", "POST", { version: change.promote }] as const)
        : (["rollback", "POST", undefined] as const);
  const { value: fn, etag } = await api.ask<StoredFunction>(`${functionPath(id)}/${path}`, {
    method,
    ...(json !== undefined && { json }),
    headers: tag === undefined ? {} : { "If-Match": tag },
  });
  return { fn, etag };
}

/** Without the versions that get none. */
function served(traffic: Traffic): Traffic {
  return Object.fromEntries(Object.entries(traffic).filter(([, percent]) => percent > 0));
}

function changedMeanwhile({ traffic }: StoredFunction): ProblemError {
  return new ProblemError({
    type: "about:blank",
    title: "Changed by somebody else",
    status: 412,
    code: "changed_meanwhile",
    detail: `somebody else sent calls elsewhere meanwhile (${trafficInWords(traffic)}); look at it, and decide anew`,
  });
}
