import { useBlocker } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";

/** Asks before somebody leaves with changes that are not saved. */
export function LeaveGuard({ isChanged }: { readonly isChanged: boolean }): ReactNode {
  const blocker = useBlocker({
    // From tab to tab, and from rule to rule, the changes go along.
    shouldBlockFn: ({ current, next }) => isChanged && current.pathname !== next.pathname,
    enableBeforeUnload: () => isChanged,
    withResolver: true,
  });
  return (
    <Dialog
      isOpen={blocker.status === "blocked"}
      onClose={() => blocker.reset?.()}
      title="Leave with changes that are not saved?"
      actions={
        <>
          <Button variant="danger" onClick={() => blocker.proceed?.()}>
            Discard and leave
          </Button>
          <Button variant="primary" onClick={() => blocker.reset?.()}>
            Stay
          </Button>
        </>
      }
    >
      <p>The rules that are in force stay as they are.</p>
    </Dialog>
  );
}
