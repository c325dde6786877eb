import { Pause, Play } from "lucide-react";
import type { ReactNode } from "react";
import type { StreamStatus } from "../api/event-stream.ts";
import { Button } from "../ui/button.tsx";
import { formatCount } from "../ui/format.ts";
import styles from "./events.module.css";

const WORDS: Readonly<Record<StreamStatus["state"], string>> = {
  connecting: "Connecting",
  open: "Live",
  waiting: "Reconnecting",
  failed: "Not live",
  ended: "Not live",
};

/** Whether a list follows what happens. Pressing it pauses that, and goes on. */
export function LiveButton({
  status,
  isPaused,
  missed,
  onToggle,
}: {
  readonly status: StreamStatus;
  readonly isPaused: boolean;
  /** How many have come that are not shown. */
  readonly missed: number;
  readonly onToggle: () => void;
}): ReactNode {
  const Icon = isPaused ? Play : Pause;
  const why = status.state === "failed" || status.state === "waiting" ? status.error.message : undefined;
  return (
    <>
      <span className={styles["liveState"]} role="status" title={why}>
        {!isPaused && <span className={styles["dot"]} data-state={status.state} aria-hidden="true" />}
        {isPaused ? `Paused${missed > 0 ? `, ${formatCount(missed)} new` : ""}` : WORDS[status.state]}
      </span>
      <Button icon={<Icon aria-hidden="true" />} onClick={onToggle} aria-pressed={isPaused}>
        {isPaused ? "Go on" : "Pause"}
      </Button>
    </>
  );
}
