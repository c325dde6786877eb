import type { ReactNode } from "react";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Diff } from "../ui/diff.tsx";
import { ErrorNotice } from "../ui/error-notice.tsx";
import { Notice } from "../ui/notice.tsx";
import type { Remark } from "./findings.ts";
import { RemarkList } from "./remark-list.tsx";
import styles from "./editor.module.css";

/** What is about to be saved, before it is. */
export function ReviewDialog({
  isOpen,
  onClose,
  onSave,
  before,
  after,
  remarks,
  obstacle,
  isSaving,
  error,
}: {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly onSave: () => void;
  readonly before: string;
  readonly after: string;
  readonly remarks: readonly Remark[];
  /** Why it cannot be saved. */
  readonly obstacle: string | undefined;
  readonly isSaving: boolean;
  readonly error: Error | null;
}): ReactNode {
  return (
    <Dialog
      isOpen={isOpen}
      onClose={onClose}
      title="Save these changes?"
      description="They are in force at all gateways as soon as they are saved."
      isWide
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            variant="primary"
            isBusy={isSaving}
            disabled={obstacle !== undefined}
            title={obstacle}
            onClick={onSave}
          >
            Save
          </Button>
        </>
      }
    >
      <div className={styles["editor"]}>
        {error !== null && <ErrorNotice error={error} title="It was not saved" />}
        {obstacle !== undefined && <Notice tone="bad" title={obstacle} />}
        <Diff
          label="What is saved now, and what would be"
          before={before}
          after={after}
          language="yaml"
          height="40vh"
        />
        {remarks.length > 0 && <RemarkList remarks={remarks} onJump={() => undefined} />}
      </div>
    </Dialog>
  );
}
