import type { ReactNode } from "react";
import { ConfirmDialog } from "../ui/dialog.tsx";
import { serviceTitle } from "./entry-words.ts";

/** Says what switching a service off does, before it is done. */
export function SwitchOffDialog({
  service,
  onClose,
  onConfirm,
}: {
  readonly service: string;
  readonly onClose: () => void;
  readonly onConfirm: () => void;
}): ReactNode {
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      onConfirm={onConfirm}
      title={`Switch off “${serviceTitle(service)}”?`}
      action="Switch off"
    >
      <p>
        Once you save, every call to it from outside is refused. Its workers go on running, and its rules stay where
        they are, each behind one that nobody passes: switching on takes that away again.
      </p>
    </ConfirmDialog>
  );
}
