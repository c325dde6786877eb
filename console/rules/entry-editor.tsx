import { Trash2 } from "lucide-react";
import { type ReactNode, useMemo, useState } from "react";
import type { FunctionView } from "../../mesh/mesh-view.ts";
import { initialValue } from "../playground/initial-value.ts";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { Notice } from "../ui/notice.tsx";
import { Segments } from "../ui/segments.tsx";
import { entryTitle } from "./entry-words.ts";
import styles from "./editor.module.css";
import type { Remark } from "./findings.ts";
import { NoRule } from "./no-rule.tsx";
import { operandNames } from "./operand-names.ts";
import { RuleBuilder } from "./rule-builder.tsx";
import { RuleTextEditor } from "./rule-text-editor.tsx";
import { isSame } from "./same.ts";
import { ruleWhenOn, switchService } from "./service-switch.ts";
import { type Entry, entryKey, entryOf, withFunctions, withoutEntry } from "./services.ts";
import { TryCall } from "./try-call.tsx";
import { useWords } from "./use-checked.ts";
import { useQuestion } from "./use-question.ts";
import type { RulesDraft } from "./use-rules-draft.ts";
import { useVerdict } from "./use-verdict.ts";

const FORMS = [
  { value: "builder", label: "Fields" },
  { value: "yaml", label: "YAML" },
  { value: "json", label: "JSON" },
] as const;

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
  const [form, setForm] = useState<(typeof FORMS)[number]["value"]>("builder");
  const own = entryOf(draft.services, entry);
  const saved = entryOf(draft.saved, entry);
  const rule = own?.rule;
  const brokenText = draft.texts[entryKey(entry)];
  const words = useWords(project, rule);
  const [question, setQuestion, call] = useQuestion(entry, own?.example ?? initialOf(view?.inputSchema));
  const isChanged = !isSame(rule, saved?.rule);
  const savedVerdict = useVerdict(project, call, { etag: draft.etag });
  const unsavedVerdict = useVerdict(project, call, { rule, etag: draft.etag, isOn: isChanged && rule !== undefined });
  const shownVerdict = isChanged ? unsavedVerdict.data : savedVerdict.data;
  const schema = view?.inputSchema;
  const example = own?.example;
  const names = useMemo(() => operandNames(schema, draft.saved, example), [schema, draft.saved, example]);
  const mine = remarks.filter((remark) => remark.entry !== undefined && entryKey(remark.entry) === entryKey(entry));

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
          <div className={styles["editor"]}>
            {ruleWhenOn(rule) !== undefined && (
              <Notice
                tone="warning"
                title="This service is switched off"
                actions={
                  canChange && (
                    <Button
                      size="small"
                      onClick={() =>
                        draft.change((services) =>
                          withFunctions(
                            services,
                            entry.service,
                            switchService(services[entry.service]?.functions ?? {}, true),
                          ),
                        )
                      }
                    >
                      Switch on
                    </Button>
                  )
                }
              >
                Its rules stay as they are, behind one that nobody passes.
              </Notice>
            )}
            {brokenText !== undefined && form === "builder" && (
              <Notice
                tone="bad"
                title="The text of this rule cannot be read"
                actions={
                  <>
                    <Button size="small" onClick={() => setForm("yaml")}>
                      Go to the text
                    </Button>
                    <Button size="small" onClick={() => draft.setText(entry, undefined)}>
                      Discard the text
                    </Button>
                  </>
                }
              >
                The fields show the last rule that could be read.
              </Notice>
            )}
            {form === "builder" ? (
              <fieldset className={styles["fields"]} disabled={!canChange}>
                <legend className="visually-hidden">The rule of {entryTitle(entry)}</legend>
                <RuleBuilder
                  rule={rule}
                  context={{ names, known, remarks: mine, decidedPath: shownVerdict?.decidedBy?.path }}
                  onChange={(next) => draft.setRule(entry, next)}
                />
              </fieldset>
            ) : (
              <RuleTextEditor
                key={form}
                rule={rule}
                brokenText={brokenText}
                format={form}
                names={names}
                remarks={mine}
                isReadOnly={!canChange}
                onRule={(next) => draft.setRule(entry, next)}
                onBroken={(text) => draft.setText(entry, text)}
                onSave={onSave}
              />
            )}
            {canChange && (
              <div>
                <Button
                  size="small"
                  variant="quiet"
                  icon={<Trash2 aria-hidden="true" />}
                  onClick={() => draft.change((services) => withoutEntry(services, entry))}
                >
                  Remove the entry
                </Button>
              </div>
            )}
          </div>
        )}
      </Card>
      <TryCall
        entry={entry}
        question={question}
        saved={savedVerdict}
        unsaved={isChanged && rule !== undefined ? unsavedVerdict : undefined}
        rules={[rule, saved?.rule]}
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
