import type { ReactNode } from "react";
import { Button } from "../ui/button.tsx";
import { Status } from "../ui/badge.tsx";
import styles from "./save-bar.module.css";

/** Stays in sight while something is not saved. */
export function SaveBar({
  words,
  obstacle,
  isBusy,
  onDiscard,
  onReview,
}: {
  readonly words: string;
  /** Why it cannot be saved. */
  readonly obstacle: string | undefined;
  readonly isBusy: boolean;
  readonly onDiscard: () => void;
  readonly onReview: () => void;
}): ReactNode {
  return (
    <div className={styles["bar"]} role="region" aria-label="Changes that are not saved">
      <div className={styles["words"]} aria-live="polite">
        <strong>{words}</strong>
        {obstacle !== undefined && (
          <Status tone="bad" isPlain>
            {obstacle}
          </Status>
        )}
      </div>
      <Button onClick={onDiscard}>Discard</Button>
      <Button
        variant="primary"
        disabled={obstacle !== undefined || isBusy}
        isBusy={isBusy && obstacle === undefined}
        title={obstacle ?? "Ctrl or ⌘ with S"}
        onClick={onReview}
      >
        Review and save
      </Button>
    </div>
  );
}
