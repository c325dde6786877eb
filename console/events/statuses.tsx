import type { ReactNode } from "react";
import type { EventStatus } from "../../mesh/event.ts";
import { Status } from "../ui/badge.tsx";
import type { Tone } from "../ui/tone.ts";

/** What statuses are called, and how they are shown. */
export const STATUS_WORDS: Readonly<Record<EventStatus, { readonly word: string; readonly tone: Tone }>> = {
  PENDING: { word: "Pending", tone: "info" },
  SUCCESS: { word: "Success", tone: "good" },
  FAILURE: { word: "Failure", tone: "bad" },
};

/** How an event stands. */
export function EventStatusMark({
  status,
  isPlain = false,
}: {
  readonly status: EventStatus;
  readonly isPlain?: boolean;
}): ReactNode {
  const { word, tone } = STATUS_WORDS[status];
  return (
    <Status tone={tone} isBusy={status === "PENDING"} isPlain={isPlain}>
      {word}
    </Status>
  );
}
