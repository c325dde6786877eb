import type { StoredFunction } from "../../../mesh/function.ts";
import { useSaveVersion } from "../detail/save-version.ts";
import { useFunctionsChanged } from "../use-functions.ts";
import type { UsedDraft } from "./use-draft.ts";

/**
 * How the code of a function is saved: makes a version of the draft, and gives the function as it is then, also when there
 * is nothing to save. What is written meanwhile stays as a draft of the next version.
 */
export function useSaveCode(project: string, fn: StoredFunction, draft: UsedDraft): () => Promise<StoredFunction> {
  const { mutateAsync } = useSaveVersion(project);
  const changed = useFunctionsChanged(project);
  return async () => {
    if (!draft.isChanged) return fn;
    try {
      const { fn: saved } = await mutateAsync({ base: fn, change: draft.code });
      draft.rebase(saved);
      return saved;
    } catch (error) {
      // It may be that somebody else was quicker: what they saved is shown then.
      await changed();
      throw error;
    }
  };
}
