import { type ReactNode, useMemo, useState } from "react";
import type { FunctionView } from "../../mesh/mesh-view.ts";
import { initialValue } from "../playground/initial-value.ts";
import { Card } from "../ui/card.tsx";
import { Segments } from "../ui/segments.tsx";
import { entryTitle } from "./entry-words.ts";
import styles from "./editor.module.css";
import { type Remark, isAbout } from "./findings.ts";
import { NoRule } from "./no-rule.tsx";
import { operandNames } from "./operand-names.ts";
import { RuleEditor, type RuleForm } from "./rule-editor.tsx";
import { isSame } from "./same.ts";
import { type Entry, entryOf } from "./services.ts";
import { TryCall } from "./try-call.tsx";
import { useWords } from "./use-checked.ts";
import { useQuestion } from "./use-question.ts";
import type { RulesDraft } from "./use-rules-draft.ts";
import { useVerdict } from "./use-verdict.ts";

const FORMS: readonly { readonly value: RuleForm; readonly label: string }[] = [
  { value: "fields", label: "Fields" },
  { value: "yaml", label: "YAML" },
  { value: "json", label: "JSON" },
];

/** One entry's rule: in words, as fields or text, and tried out. */
export function EntryEditor({
  project,
  entry,
  draft,
  view,
  known,
  remarks,
  canChange,
  onSave,
}: {
  readonly project: string;
  readonly entry: Entry;
  readonly draft: RulesDraft;
  /** The function as it is served. */
  readonly view: FunctionView | undefined;
  readonly known: Readonly<Record<string, readonly string[]>>;
  readonly remarks: readonly Remark[];
  readonly canChange: boolean;
  readonly onSave: () => void;
}): ReactNode {
  const [form, setForm] = useState<RuleForm>("fields");
  const { rule, example } = entryOf(draft.services, entry) ?? {};
  const savedRule = entryOf(draft.saved, entry)?.rule;
  const schema = view?.inputSchema;
  const words = useWords(project, rule);
  const [question, setQuestion, call] = useQuestion(entry, example ?? initialOf(schema));
  const isChanged = !isSame(rule, savedRule);
  const { etag } = draft;
  const saved = useVerdict(project, call, { etag });
  const unsaved = useVerdict(project, call, { rule, etag, isOn: isChanged && rule !== undefined });
  const names = useMemo(() => operandNames(schema, draft.saved, example), [schema, draft.saved, example]);
  const context = {
    names,
    known,
    remarks: remarks.filter((remark) => isAbout(remark, entry)),
    decidedPath: (isChanged ? unsaved : saved).data?.decidedBy?.path,
  };

  return (
    <>
      <Card
        title={entryTitle(entry)}
        description={rule === undefined ? "It has no rule of its own." : <Words words={words} />}
        actions={
          rule !== undefined && (
            <Segments label="How the rule is shown" options={FORMS} value={form} onChange={setForm} />
          )
        }
      >
        {rule === undefined ? (
          <NoRule
            entry={entry}
            services={draft.services}
            canChange={canChange}
            onRule={(next) => draft.setRule(entry, next)}
          />
        ) : (
          <RuleEditor {...{ entry, rule, draft, form, context, canChange, onSave }} onForm={setForm} />
        )}
      </Card>
      <TryCall
        entry={entry}
        question={question}
        saved={saved}
        unsaved={isChanged && rule !== undefined ? unsaved : undefined}
        rules={[rule, savedRule]}
        onChange={setQuestion}
      />
    </>
  );
}

/** Params to begin with, if the function says what it takes. */
function initialOf(schema: unknown): unknown {
  return schema === undefined || schema === null ? undefined : initialValue(schema, schema);
}

function Words({ words }: { readonly words: string | undefined }): ReactNode {
  return (
    <span aria-live="polite" className={styles["words"]}>
      {words === undefined ? "…" : `May be called by: ${words}`}
    </span>
  );
}
