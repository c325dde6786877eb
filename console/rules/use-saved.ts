import { useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { useAdminApi } from "../api/api-context.tsx";
import { useToasts } from "../ui/toast.tsx";
import { ifMatch, listSaved, readAgain } from "./config-api.ts";

/** After a save: has everything read again, tells about it, and takes it back if somebody says so. */
export function useSaved(): (
  answer: { readonly etag: string },
  undo?: (etag: string) => Promise<unknown>,
) => Promise<void> {
  const admin = useAdminApi();
  const cache = useQueryClient();
  const toasts = useToasts();
  return useCallback(
    async ({ etag }, undo) => {
      const takeBack = async (): Promise<void> => {
        try {
          await (undo === undefined ? restorePrevious() : undo(etag));
          toasts.good("Taken back", { description: "What was before is in force again." });
        } catch (error) {
          toasts.bad("It could not be taken back", error);
        }
        await readAgain(cache);
      };
      const restorePrevious = async (): Promise<void> => {
        const [current, previous] = await listSaved(admin);
        if (current?.isCurrent !== true || previous === undefined)
          throw new Error("the history does not hold what was before");
        await admin.post(`/v1/admin/config/history/${previous.id}`, undefined, ifMatch(etag));
      };
      toasts.good("Saved", {
        description: "It is in force now.",
        action: { label: "Undo", onPress: () => void takeBack() },
      });
      await readAgain(cache);
    },
    [admin, cache, toasts],
  );
}
