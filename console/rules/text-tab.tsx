import { type ReactNode, useMemo, useState } from "react";
import { useAdminApi } from "../api/api-context.tsx";
import { Card } from "../ui/card.tsx";
import { CodeEditor } from "../ui/code-editor.tsx";
import type { EditorPlace } from "../ui/editor/editor-problem.ts";
import { type ConfigText, ifMatch } from "./config-api.ts";
import { completeRule } from "./complete-rule.ts";
import { ConfigConflict } from "./config-conflict.tsx";
import styles from "./editor.module.css";
import { remarksOf } from "./findings.ts";
import { operandNames } from "./operand-names.ts";
import { RemarkList } from "./remark-list.tsx";
import { ReviewDialog } from "./review-dialog.tsx";
import { rulesRoute } from "./routes.ts";
import { SaveBar } from "./save-bar.tsx";
import { useCheckedText } from "./use-checked.ts";
import { useReview } from "./use-review.ts";
import type { TextDraft } from "./use-text-draft.ts";

const complete = completeRule(operandNames(undefined, undefined));

/** The whole configuration as it is written, checked while one types. */
export function TextTab({ config, draft }: { readonly config: ConfigText; readonly draft: TextDraft }): ReactNode {
  const admin = useAdminApi();
  const place = usePlace();
  const [jumped, setJumped] = useState<EditorPlace>();
  const { checked, isCurrent } = useCheckedText(draft.text);
  const remarks = useMemo(() => (checked === undefined ? [] : remarksOf(checked)), [checked]);
  const problems = useMemo(() => remarks.filter(({ line, tone }) => line > 0 || tone === "bad"), [remarks]);
  const worst = remarks.find(({ tone }) => tone === "bad");
  const obstacle = draft.isConflict
    ? "Somebody else saved meanwhile: choose above"
    : worst && `It cannot be used: ${worst.line > 0 ? `line ${worst.line}: ` : ""}${worst.message}`;
  const review = useReview({
    isReady: draft.isChanged && obstacle === undefined && isCurrent && config.canSave,
    send: () => admin.put<{ etag: string }>("/v1/admin/config", { text: draft.text }, ifMatch(draft.base.etag)),
    onSaved: draft.discard,
  });

  return (
    <div className={styles["editor"]}>
      {draft.isConflict && (
        <ConfigConflict
          mine={draft.text}
          theirs={config.text}
          draft={draft}
          whatHappens="If you keep yours, saving replaces theirs: take over what you want to keep of it."
        />
      )}
      <Card
        isFlush
        title={<code>{config.file}</code>}
        description={
          <>
            Secrets that are written out appear as <code>‹kept:…›</code>. Leave such a marker where it stands to keep
            the secret; write another value to replace it. <code>$NAME</code> is read from the environment.
          </>
        }
      >
        <CodeEditor
          label="The whole configuration"
          language="yaml"
          value={draft.text}
          height="min(70vh, 60rem)"
          isReadOnly={!config.canSave}
          problems={problems}
          complete={complete}
          place={jumped ?? place}
          onChange={draft.setText}
          onSave={review.begin}
        />
      </Card>
      {remarks.length > 0 && (
        <Card title="Findings" isFlush>
          <RemarkList
            remarks={remarks}
            onJump={({ line, column }) => (line > 0 ? () => setJumped({ line, column }) : undefined)}
          />
        </Card>
      )}
      {draft.isChanged && (
        <SaveBar
          words="The text is changed"
          obstacle={obstacle}
          isBusy={!isCurrent}
          onDiscard={draft.discard}
          onReview={review.begin}
        />
      )}
      <ReviewDialog review={review} before={draft.base.text} after={draft.text} remarks={remarks} obstacle={obstacle} />
    </div>
  );
}

/** Where the cursor stands at first, as the address says it. */
function usePlace(): EditorPlace | undefined {
  const { at } = rulesRoute.useSearch();
  return useMemo(() => {
    const [line, column] = (at ?? "").split(":").map(Number);
    return line === undefined || column === undefined ? undefined : { line, column };
  }, [at]);
}
