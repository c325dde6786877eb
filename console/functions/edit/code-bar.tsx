import { Hammer, Save, Undo2 } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { StoredFunction } from "../../../mesh/function.ts";
import { Status } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { ConfirmDialog } from "../../ui/dialog.tsx";
import { ErrorNotice } from "../../ui/error-notice.tsx";
import { Kbd } from "../../ui/kbd.tsx";
import { TimeAgo } from "../../ui/time-ago.tsx";
import { useShortcut } from "../../ui/use-shortcut.ts";
import styles from "./edit.module.css";
import type { CodeActions } from "./use-code-actions.ts";
import type { UsedDraft } from "./use-draft.ts";

/** What is being written, and what can be done with it. */
export function CodeBar({
  fn,
  draft,
  actions,
  isReadOnly,
}: {
  readonly fn: StoredFunction;
  readonly draft: UsedDraft;
  readonly actions: CodeActions;
  readonly isReadOnly: boolean;
}): ReactNode {
  const [isDiscarding, setDiscarding] = useState(false);
  useShortcut("mod s", actions.save, { description: "Save the code", isOn: !isReadOnly });
  useShortcut("mod Enter", actions.build, { description: "Save and build", isOn: !isReadOnly });
  return (
    <>
      <div className={styles["bar"]}>
        <div className={styles["state"]}>
          {draft.isChanged ? <Status tone="warning">not saved</Status> : <Status tone="good">saved</Status>}
          <span className={styles["soft"]}>
            version {fn.version}, by {fn.createdBy === "" ? "somebody" : fn.createdBy} <TimeAgo time={fn.createdAt} />
          </span>
        </div>
        {isReadOnly ? (
          <span className={styles["soft"]}>Viewers look; administrators change.</span>
        ) : (
          <div className={styles["buttons"]}>
            {draft.isChanged && (
              <Button variant="quiet" icon={<Undo2 aria-hidden="true" />} onClick={() => setDiscarding(true)}>
                Discard
              </Button>
            )}
            <Button
              icon={<Save aria-hidden="true" />}
              disabled={!draft.isChanged || draft.isConflict}
              isBusy={actions.isSaving}
              onClick={actions.save}
            >
              Save <Kbd keys="mod s" />
            </Button>
            <Button
              variant="primary"
              icon={<Hammer aria-hidden="true" />}
              disabled={draft.isConflict}
              isBusy={actions.isBuilding}
              onClick={actions.build}
            >
              {draft.isChanged ? "Save and build" : "Build"} <Kbd keys="mod Enter" />
            </Button>
          </div>
        )}
      </div>
      {actions.error !== null && !draft.isConflict && (
        <ErrorNotice title="That did not work" error={actions.error} onRetry={actions.build} />
      )}
      <ConfirmDialog
        isOpen={isDiscarding}
        onClose={() => setDiscarding(false)}
        onConfirm={() => {
          draft.discard();
          setDiscarding(false);
        }}
        title="Discard what is not saved?"
        action="Discard"
        isDanger
      >
        <p>The editor goes back to version {fn.version}.</p>
      </ConfirmDialog>
    </>
  );
}
