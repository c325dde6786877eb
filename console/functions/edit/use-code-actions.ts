import { useMutation } from "@tanstack/react-query";
import type { StoredFunction } from "../../../mesh/function.ts";
import { useToasts } from "../../ui/toast.tsx";
import { useBuild } from "../build/jobs-api.ts";
import { functionRoute } from "../routes.ts";
import type { UsedDraft } from "./use-draft.ts";
import { useSaveCode } from "./use-save-code.ts";

/** What the editor can do. */
export interface CodeActions {
  readonly save: () => void;
  /** Saves what is not saved, and builds. */
  readonly build: () => void;
  readonly isSaving: boolean;
  readonly isBuilding: boolean;
  /** Why the last of them failed. */
  readonly error: Error | null;
}

/** Saving and building, one at a time. */
export function useCodeActions(project: string, fn: StoredFunction, draft: UsedDraft): CodeActions {
  const toasts = useToasts();
  const navigate = functionRoute.useNavigate();
  const saveCode = useSaveCode(project, fn, draft);
  const { mutateAsync: startBuild } = useBuild(project);
  const saving = useMutation({
    mutationFn: saveCode,
    onSuccess: ({ version }) => toasts.good(`Saved as version ${version}`),
  });
  const building = useMutation({
    mutationFn: async () => startBuild({ id: fn.id, version: (await saveCode()).version }),
    onSuccess: ({ id }) => navigate({ search: { tab: "code", job: id }, replace: true }),
  });
  const isIdle = !saving.isPending && !building.isPending && !draft.isConflict;
  return {
    save: () => {
      if (!isIdle || !draft.isChanged) return;
      building.reset();
      saving.mutate();
    },
    build: () => {
      if (!isIdle) return;
      saving.reset();
      building.mutate();
    },
    isSaving: saving.isPending,
    isBuilding: building.isPending,
    error: saving.error ?? building.error,
  };
}
