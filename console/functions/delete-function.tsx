import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useProjectApi } from "../api/api-context.tsx";
import { ConfirmDialog } from "../ui/dialog.tsx";
import { ErrorNotice } from "../ui/error-notice.tsx";
import { useToasts } from "../ui/toast.tsx";
import { useDraft } from "./edit/use-draft.ts";
import type { FunctionTabProps } from "./function-tabs.tsx";
import { functionPath } from "./functions-api.ts";
import { useFunctionsChanged } from "./use-functions.ts";

/** Asks before a function goes with all its versions. */
export function DeleteFunction({
  project,
  fn,
  isOpen,
  onClose,
}: FunctionTabProps & { readonly isOpen: boolean; readonly onClose: () => void }): ReactNode {
  const api = useProjectApi(project);
  const draft = useDraft(fn);
  const toasts = useToasts();
  const navigate = useNavigate();
  const changed = useFunctionsChanged(project);
  const removal = useMutation({
    mutationFn: () => api.delete(functionPath(fn.id)),
    onSuccess: async () => {
      draft.discard();
      toasts.good(`Deleted “${fn.label}”`);
      await navigate({ to: "/functions/$project", params: { project } });
      await changed();
    },
  });
  return (
    <ConfirmDialog
      isOpen={isOpen}
      onClose={onClose}
      onConfirm={() => removal.mutate()}
      title={`Delete “${fn.label}”?`}
      action="Delete"
      isDanger
      isBusy={removal.isPending}
    >
      <p>
        {fn.status === "deployed" ? "It is undeployed first: calls fail from then on. " : ""}
        All its versions go. Its events stay.
      </p>
      {removal.error !== null && <ErrorNotice title="It was not deleted" error={removal.error} />}
    </ConfirmDialog>
  );
}
