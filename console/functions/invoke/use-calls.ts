import { type UseMutationResult, skipToken, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import type { StoredFunction } from "../../../mesh/function.ts";
import { useProjectTokens } from "../../api/api-context.tsx";
import { type CallWay, type MadeCall, callFunction } from "./call-function.ts";

/** As many as are remembered while the console is open. */
const MOST = 30;

/** Calls from here. */
export interface UsedCalls {
  /** Newest first. */
  readonly made: readonly MadeCall[];
  readonly call: UseMutationResult<MadeCall, Error, { readonly way: CallWay; readonly params: string }>;
  readonly cancel: () => void;
  readonly forget: () => void;
}

/** Calls a function, and remembers what came of it until the console is closed. */
export function useCalls(project: string, fn: StoredFunction): UsedCalls {
  const tokens = useProjectTokens();
  const cache = useQueryClient();
  const key = ["calls made", project, fn.id];
  const { data: made = [] } = useQuery<readonly MadeCall[]>({
    queryKey: key,
    queryFn: skipToken,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: Number.POSITIVE_INFINITY,
  });
  const giveUp = useRef<AbortController>(undefined);
  const call = useMutation({
    mutationFn: async ({ way, params }: { readonly way: CallWay; readonly params: string }): Promise<MadeCall> => {
      giveUp.current = new AbortController();
      const { signal } = giveUp.current;
      const outcome = await callFunction(fn, { project, way, params }, { tokens, signal });
      return { ...outcome, key: (cache.getQueryData<readonly MadeCall[]>(key)?.[0]?.key ?? 0) + 1 };
    },
    onSuccess: (outcome) =>
      cache.setQueryData<readonly MadeCall[]>(key, (before = []) => [outcome, ...before].slice(0, MOST)),
  });
  return {
    made,
    call,
    cancel: () => giveUp.current?.abort(),
    forget: () => cache.setQueryData<readonly MadeCall[]>(key, []),
  };
}
