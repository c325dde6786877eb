import type { ReactNode } from "react";
import { ConfirmDialog } from "../../ui/dialog.tsx";
import { ErrorNotice } from "../../ui/error-notice.tsx";
import layout from "../../ui/layout.module.css";
import { useToasts } from "../../ui/toast.tsx";
import type { FunctionTabProps } from "../function-tabs.tsx";
import { useUndeploy } from "./deploy-api.ts";

/** Asks before all of a function is stopped. */
export function UndeployDialog({
  project,
  fn,
  isOpen,
  onClose,
}: FunctionTabProps & { readonly isOpen: boolean; readonly onClose: () => void }): ReactNode {
  const undeploy = useUndeploy(project, fn);
  const toasts = useToasts();
  const close = (): void => {
    undeploy.reset();
    onClose();
  };
  return (
    <ConfirmDialog
      isOpen={isOpen}
      onClose={close}
      title={`Undeploy “${fn.label}”?`}
      action="Undeploy"
      isDanger
      isBusy={undeploy.isPending}
      onConfirm={() =>
        undeploy.mutate(undefined, {
          onSuccess: () => {
            toasts.good(`Nothing of ${fn.label} runs any more`, { description: "It stays stored, with all versions." });
            close();
          },
        })
      }
    >
      <div className={layout["stack"]}>
        <p>Its instances finish their calls and end; calls after that are refused. Code and versions stay stored.</p>
        {undeploy.isError && <ErrorNotice title="It cannot be undeployed" error={undeploy.error} />}
      </div>
    </ConfirmDialog>
  );
}
