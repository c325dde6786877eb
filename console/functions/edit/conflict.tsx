import { type ReactNode, useState } from "react";
import type { StoredFunction } from "../../../mesh/function.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Diff } from "../../ui/diff.tsx";
import { Notice } from "../../ui/notice.tsx";
import { editorLanguage } from "./editor-language.ts";
import type { UsedDraft } from "./use-draft.ts";

/** Somebody else saved while this was written: shows both, and leaves the choice to the person. */
export function Conflict({ fn, draft }: { readonly fn: StoredFunction; readonly draft: UsedDraft }): ReactNode {
  const [isOpen, setOpen] = useState(false);
  if (!draft.isConflict) return null;
  const choices = (
    <>
      <Button size="small" onClick={draft.discard}>
        Take theirs
      </Button>
      <Button size="small" onClick={() => draft.rebase(fn)}>
        Keep mine
      </Button>
    </>
  );
  return (
    <>
      <Notice
        tone="warning"
        title={`“${fn.createdBy}” saved version ${fn.version} meanwhile`}
        actions={
          <>
            <Button size="small" onClick={() => setOpen(true)}>
              Compare
            </Button>
            {choices}
          </>
        }
      >
        Nothing is lost: yours is kept here. If you keep it, saving makes a version after theirs, without their changes.
      </Notice>
      <Dialog
        isOpen={isOpen}
        onClose={() => setOpen(false)}
        title={`Version ${fn.version} and yours`}
        description="Red is only in theirs, green is only in yours."
        isWide
        actions={choices}
      >
        <Diff
          label="Theirs and yours"
          before={fn.handler}
          after={draft.code.handler}
          language={editorLanguage(fn.template)}
          height="60vh"
        />
      </Dialog>
    </>
  );
}
