import { useState } from "react";
import { type Saving, type SavingOptions, useSaving } from "./use-saving.ts";

/** Changes that are looked at once more before they are sent. */
export interface Review {
  readonly isOpen: boolean;
  /** Does nothing while something is in the way. */
  readonly begin: () => void;
  readonly cancel: () => void;
  readonly saving: Saving;
}

/** What is saved, and whether it can be. */
export interface ReviewOptions extends Omit<SavingOptions, "onConflict"> {
  readonly isReady: boolean;
}

/** Saves after a look at what changes. Whoever was slower than somebody else is back where the choice is. */
export function useReview({ isReady, onSaved, ...options }: ReviewOptions): Review {
  const [isOpen, setOpen] = useState(false);
  const close = (): void => setOpen(false);
  const saving = useSaving({
    ...options,
    onSaved: () => {
      onSaved();
      close();
    },
    onConflict: close,
  });
  return {
    isOpen,
    begin: () => {
      if (isReady) setOpen(true);
    },
    cancel: () => {
      close();
      saving.reset();
    },
    saving,
  };
}
