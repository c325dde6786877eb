import { useMemo, useSyncExternalStore } from "react";
import type { StoredFunction } from "../../../mesh/function.ts";
import { useSession } from "../../session/session-context.tsx";
import { type Code, codeOf, draftAfter, isConflict, isSameCode } from "./draft.ts";
import { DraftStore } from "./draft-store.ts";

/** All drafts of this tab. */
const drafts = new DraftStore(sessionStorage);

/** A function's code as it is being written. */
export interface UsedDraft {
  /** What is written now: the draft, or what is saved. */
  readonly code: Code;
  readonly isChanged: boolean;
  /** The same at this very moment, between two renderings. */
  readonly hasChanges: () => boolean;
  /** Somebody saved other code since the draft was begun. */
  readonly isConflict: boolean;
  readonly change: (change: Partial<Code>) => void;
  readonly discard: () => void;
  /** What is saved now is what the draft builds on. */
  readonly rebase: (on: StoredFunction) => void;
}

/** The draft of a function's code; it outlives the page, not the tab. */
export function useDraft(fn: StoredFunction): UsedDraft {
  const { user } = useSession();
  // Whoever signs in next in this tab has drafts of their own.
  const key = `${user}.${fn.id}`;
  const draft = useSyncExternalStore(drafts.subscribe, () => drafts.get(key));
  return useMemo(
    () => ({
      code: codeOf(draft ?? fn),
      isChanged: draft !== undefined,
      hasChanges: () => drafts.get(key) !== undefined,
      isConflict: draft !== undefined && isConflict(draft, fn),
      change: (change) => drafts.set(key, draftAfter(drafts.get(key), fn, change)),
      discard: () => drafts.set(key, undefined),
      rebase: (on) => {
        const now = drafts.get(key);
        if (now === undefined) return;
        const base = { ...codeOf(on), version: on.version };
        drafts.set(key, isSameCode(now, base) ? undefined : { ...now, base });
      },
    }),
    [draft, fn, key],
  );
}
