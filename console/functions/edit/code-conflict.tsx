import type { ReactNode } from "react";
import type { StoredFunction } from "../../../mesh/function.ts";
import { Conflict } from "../../ui/conflict.tsx";
import { editorLanguage } from "./editor-language.ts";
import type { UsedDraft } from "./use-draft.ts";

/** The draft and what somebody else saved meanwhile, if they did. */
export function CodeConflict({ fn, draft }: { readonly fn: StoredFunction; readonly draft: UsedDraft }): ReactNode {
  if (!draft.isConflict) return null;
  return (
    <Conflict
      title={`“${fn.createdBy}” saved version ${fn.version} meanwhile`}
      comparison={`Version ${fn.version} and yours`}
      theirs={fn.handler}
      mine={draft.code.handler}
      language={editorLanguage(fn.template)}
      onTheirs={draft.discard}
      onMine={() => draft.rebase(fn)}
    >
      Nothing is lost: yours is kept here. If you keep it, saving makes a version after theirs, without their changes.
    </Conflict>
  );
}
