import { Trash2 } from "lucide-react";
import type { ReactNode } from "react";
import type { Rule } from "../../mesh/rule.ts";
import { Button } from "../ui/button.tsx";
import { Notice } from "../ui/notice.tsx";
import { entryTitle } from "./entry-words.ts";
import styles from "./editor.module.css";
import { type BuilderContext, RuleBuilder } from "./rule-builder.tsx";
import type { RuleFormat } from "./rule-text.ts";
import { RuleTextEditor } from "./rule-text-editor.tsx";
import { ruleWhenOn, switchService } from "./service-switch.ts";
import { type Entry, entryKey, withoutEntry } from "./services.ts";
import type { RulesDraft } from "./use-rules-draft.ts";

/** How a rule is written: by fields, or as a text. */
export type RuleForm = "fields" | RuleFormat;

/** What {@link RuleEditor} takes. */
export interface RuleEditorProps {
  readonly entry: Entry;
  readonly rule: Rule;
  readonly draft: RulesDraft;
  readonly form: RuleForm;
  readonly onForm: (form: RuleForm) => void;
  readonly context: BuilderContext;
  readonly canChange: boolean;
  readonly onSave: () => void;
}

/** The rule of an entry as it is being changed, with what is in its way. */
export function RuleEditor(props: RuleEditorProps): ReactNode {
  const { entry, rule, draft, form, context, canChange, onSave } = props;
  const brokenText = draft.texts[entryKey(entry)];
  return (
    <div className={styles["editor"]}>
      {ruleWhenOn(rule) !== undefined && <SwitchedOff {...props} />}
      {brokenText !== undefined && form === "fields" && <BrokenText {...props} />}
      {form === "fields" ? (
        <fieldset className={styles["fields"]} disabled={!canChange}>
          <legend className="visually-hidden">The rule of {entryTitle(entry)}</legend>
          <RuleBuilder rule={rule} context={context} onChange={(next) => draft.setRule(entry, next)} />
        </fieldset>
      ) : (
        <RuleTextEditor
          key={form}
          rule={rule}
          brokenText={brokenText}
          format={form}
          names={context.names}
          remarks={context.remarks}
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
  );
}

function SwitchedOff({ entry, draft, canChange }: RuleEditorProps): ReactNode {
  const switchOn = (): void => draft.change((services) => switchService(services, entry.service, true));
  return (
    <Notice
      tone="warning"
      title="This service is switched off"
      actions={
        canChange && (
          <Button size="small" onClick={switchOn}>
            Switch on
          </Button>
        )
      }
    >
      Its rules stay as they are, behind one that nobody passes.
    </Notice>
  );
}

function BrokenText({ entry, draft, onForm }: RuleEditorProps): ReactNode {
  return (
    <Notice
      tone="bad"
      title="The text of this rule cannot be read"
      actions={
        <>
          <Button size="small" onClick={() => onForm("yaml")}>
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
  );
}
