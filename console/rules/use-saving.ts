import { useMutation, useQueryClient } from "@tanstack/react-query";
import { ProblemError } from "../api/problem-error.ts";
import { readAgain } from "./config-api.ts";
import { useSaved } from "./use-saved.ts";

/** A save under way. */
export interface Saving {
  readonly isPending: boolean;
  readonly error: Error | null;
  readonly save: () => void;
  readonly reset: () => void;
}

/** What is saved, and what comes after. */
export interface SavingOptions {
  readonly send: () => Promise<{ readonly etag: string }>;
  /** How it is taken back. Default: by the history. */
  readonly undo?: ((etag: string) => Promise<unknown>) | undefined;
  readonly onSaved: () => void;
  /** Somebody else saved meanwhile; what they saved is read by then. */
  readonly onConflict: () => void;
}

/** Saves, tells about it, and has read again what somebody else saved meanwhile. */
export function useSaving({ send, undo, onSaved, onConflict }: SavingOptions): Saving {
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
      await readAgain(cache);
      onConflict();
    },
  });
  return { isPending, error, save: () => mutate(), reset };
}
