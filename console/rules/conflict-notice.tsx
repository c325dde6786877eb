import { type ReactNode, useState } from "react";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Diff } from "../ui/diff.tsx";
import { Notice } from "../ui/notice.tsx";
import { formatTime } from "../ui/format.ts";
import { useSavedTexts } from "./config-api.ts";

/** Somebody else saved while this was changed: shows both, and leaves the choice to the person. */
export function ConflictNotice({
  mine,
  theirs,
  onTheirs,
  onMine,
  whatHappens,
}: {
  readonly mine: string;
  readonly theirs: string;
  readonly onTheirs: () => void;
  readonly onMine: () => void;
  /** What keeping mine means. */
  readonly whatHappens: string;
}): ReactNode {
  const [isOpen, setOpen] = useState(false);
  const { data: entries } = useSavedTexts();
  const latest = entries?.[0];
  const who =
    latest === undefined ? "Somebody else" : latest.isCurrent ? `“${latest.by}”` : "Somebody, in the file itself,";
  const when = latest?.isCurrent === true ? ` at ${formatTime(latest.at)}` : "";
  const choices = (
    <>
      <Button size="small" onClick={onTheirs}>
        Take theirs
      </Button>
      <Button size="small" onClick={onMine}>
        Keep mine
      </Button>
    </>
  );
  return (
    <>
      <Notice
        tone="warning"
        title={`${who} saved meanwhile${when}`}
        actions={
          <>
            <Button size="small" onClick={() => setOpen(true)}>
              Compare
            </Button>
            {choices}
          </>
        }
      >
        Nothing is lost: what you changed is kept here. {whatHappens}
      </Notice>
      <Dialog
        isOpen={isOpen}
        onClose={() => setOpen(false)}
        title="Theirs and yours"
        description="Red is only in theirs, green is only in yours."
        isWide
        actions={choices}
      >
        <Diff label="Theirs and yours" before={theirs} after={mine} language="yaml" height="60vh" />
      </Dialog>
    </>
  );
}
