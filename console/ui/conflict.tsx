import { type ReactNode, useState } from "react";
import { Button } from "./button.tsx";
import { Dialog } from "./dialog.tsx";
import { Diff } from "./diff.tsx";
import type { EditorLanguage } from "./editor/editor-problem.ts";
import { Notice } from "./notice.tsx";

/** Somebody else saved while this was written: shows both texts, and leaves the choice to the person. */
export function Conflict({
  title,
  comparison,
  theirs,
  mine,
  language,
  onTheirs,
  onMine,
  children,
}: {
  /** Who saved what. */
  readonly title: string;
  /** The two texts side by side, by their names. */
  readonly comparison: string;
  readonly theirs: string;
  readonly mine: string;
  readonly language: EditorLanguage;
  readonly onTheirs: () => void;
  readonly onMine: () => void;
  /** What is kept, and what keeping it means. */
  readonly children: ReactNode;
}): ReactNode {
  const [isOpen, setOpen] = useState(false);
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
        title={title}
        actions={
          <>
            <Button size="small" onClick={() => setOpen(true)}>
              Compare
            </Button>
            {choices}
          </>
        }
      >
        {children}
      </Notice>
      <Dialog
        isOpen={isOpen}
        onClose={() => setOpen(false)}
        title={comparison}
        description="Red is only in theirs, green is only in yours."
        isWide
        actions={choices}
      >
        <Diff label="Theirs and yours" before={theirs} after={mine} language={language} height="60vh" />
      </Dialog>
    </>
  );
}
