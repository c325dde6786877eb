import type { ReactNode } from "react";
import type { StreamStatus } from "../../api/event-stream.ts";
import { Status } from "../../ui/badge.tsx";
import { formatCount } from "../../ui/format.ts";
import type { Tone } from "../../ui/tone.ts";

const SHOWN: Readonly<Record<StreamStatus["state"], { readonly tone: Tone; readonly word: string }>> = {
  connecting: { tone: "info", word: "connecting" },
  open: { tone: "good", word: "live" },
  waiting: { tone: "warning", word: "broken off, trying again" },
  failed: { tone: "bad", word: "not live" },
  ended: { tone: "neutral", word: "ended" },
};

/** Whether lines come, and how many are shown. */
export function LogStatus({
  status: { state },
  isHeld,
  count,
  total,
}: {
  readonly status: StreamStatus;
  readonly isHeld: boolean;
  readonly count: number;
  readonly total: number;
}): ReactNode {
  const { tone, word } = SHOWN[state];
  const lines = count === total ? formatCount(total) : `${formatCount(count)} of ${formatCount(total)}`;
  return (
    <>
      <span>{lines} lines</span>
      <Status tone={isHeld ? "warning" : tone} isBusy={state === "connecting"}>
        {isHeld ? "paused" : word}
      </Status>
    </>
  );
}
