import type { ReactNode } from "react";
import { Conflict } from "../ui/conflict.tsx";
import { formatTime } from "../ui/format.ts";
import { type SavedText, useSavedTexts } from "./config-api.ts";

/** What is changed here and what somebody else saved meanwhile. Show it where they did. */
export function ConfigConflict({
  mine,
  theirs,
  draft,
  whatHappens,
}: {
  readonly mine: string;
  readonly theirs: string;
  readonly draft: { readonly discard: () => void; readonly rebase: () => void };
  /** What keeping mine means. */
  readonly whatHappens: string;
}): ReactNode {
  const { data: entries } = useSavedTexts();
  return (
    <Conflict
      title={whoSaved(entries?.[0])}
      comparison="Theirs and yours"
      theirs={theirs}
      mine={mine}
      language="yaml"
      onTheirs={draft.discard}
      onMine={draft.rebase}
    >
      Nothing is lost: what you changed is kept here. {whatHappens}
    </Conflict>
  );
}

function whoSaved(latest: SavedText | undefined): string {
  if (latest === undefined) return "Somebody else saved meanwhile";
  if (!latest.isCurrent) return "Somebody, in the file itself, saved meanwhile";
  return `“${latest.by}” saved meanwhile at ${formatTime(latest.at)}`;
}
