import { useBlocker } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { StoredFunction } from "../../mesh/function.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { useDraft } from "./edit/use-draft.ts";

/** Asks before somebody leaves a function with code that is not saved. */
export function LeaveGuard({ fn }: { readonly fn: StoredFunction }): ReactNode {
  const draft = useDraft(fn);
  const blocker = useBlocker({
    // From tab to tab the draft goes along.
    shouldBlockFn: ({ current, next }) => draft.hasChanges() && current.pathname !== next.pathname,
    enableBeforeUnload: draft.hasChanges,
    withResolver: true,
  });
  return (
    <Dialog
      isOpen={blocker.status === "blocked"}
      onClose={() => blocker.reset?.()}
      title={`Leave “${fn.label}” with code that is not saved?`}
      actions={
        <>
          <Button onClick={() => blocker.reset?.()}>Stay</Button>
          <Button
            variant="danger"
            onClick={() => {
              draft.discard();
              blocker.proceed?.();
            }}
          >
            Discard and leave
          </Button>
          <Button variant="primary" onClick={() => blocker.proceed?.()}>
            Keep and leave
          </Button>
        </>
      }
    >
      <p>What you wrote is kept in this tab of the browser until you close it.</p>
    </Dialog>
  );
}
