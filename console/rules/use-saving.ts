import { useMutation, useQueryClient } from "@tanstack/react-query";
import { ProblemError } from "../api/problem-error.ts";
import { PROJECTS_KEY } from "../session/projects.ts";
import { CONFIG_KEY } from "./config-api.ts";
import { useSaved } from "./use-saved.ts";

/** A save under way. */
export interface Saving {
  readonly isPending: boolean;
  readonly error: Error | null;
  readonly save: () => void;
  readonly reset: () => void;
}

/** Saves, tells about it, and has read again what somebody else saved meanwhile. */
export function useSaving({
  send,
  undo,
  onSaved,
  onConflict,
}: {
  readonly send: () => Promise<{ readonly etag: string }>;
  /** How it is taken back. Default: by the history. */
  readonly undo?: ((etag: string) => Promise<unknown>) | undefined;
  readonly onSaved: () => void;
  readonly onConflict: () => void;
}): Saving {
  const cache = useQueryClient();
  const saved = useSaved();
  const { mutate, isPending, error, reset } = useMutation({
    mutationFn: send,
    retry: false,
    onSuccess: async (answer) => {
      await saved(answer, undo);
      onSaved();
    },
    onError: async (failure) => {
      if (ProblemError.from(failure).status !== 412) return;
      await Promise.all(
        [PROJECTS_KEY, CONFIG_KEY].map((queryKey) => cache.invalidateQueries({ queryKey: [...queryKey] })),
      );
      onConflict();
    },
  });
  return { isPending, error, save: () => mutate(), reset };
}
