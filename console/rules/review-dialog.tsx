import type { ReactNode } from "react";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Diff } from "../ui/diff.tsx";
import { ErrorNotice } from "../ui/error-notice.tsx";
import { Notice } from "../ui/notice.tsx";
import type { Remark } from "./findings.ts";
import { RemarkList } from "./remark-list.tsx";
import styles from "./editor.module.css";
import type { Review } from "./use-review.ts";

/** What is about to be saved, before it is. */
export function ReviewDialog({
  review: { isOpen, cancel, saving },
  before,
  after,
  remarks,
  obstacle,
}: {
  readonly review: Review;
  readonly before: string;
  readonly after: string;
  readonly remarks: readonly Remark[];
  /** Why it cannot be saved. */
  readonly obstacle: string | undefined;
}): ReactNode {
  return (
    <Dialog
      isOpen={isOpen}
      onClose={cancel}
      title="Save these changes?"
      description="They are in force at all gateways as soon as they are saved."
      isWide
      actions={
        <>
          <Button onClick={cancel}>Cancel</Button>
          <Button
            variant="primary"
            isBusy={saving.isPending}
            disabled={obstacle !== undefined}
            title={obstacle}
            onClick={saving.save}
          >
            Save
          </Button>
        </>
      }
    >
      <div className={styles["editor"]}>
        {saving.error !== null && <ErrorNotice error={saving.error} title="It was not saved" />}
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
