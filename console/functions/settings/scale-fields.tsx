import type { ReactNode } from "react";
import { Field, TextInput } from "../../ui/field.tsx";
import { type NumberName, type SettingsDraft, pathOf } from "./settings-draft.ts";
import styles from "./settings.module.css";

const FIELDS: readonly { readonly name: NumberName; readonly label: string; readonly hint: string }[] = [
  { name: "timeoutMs", label: "Timeout, in ms", hint: "How long a call may take: up to 600000." },
  { name: "concurrency", label: "Calls at once", hint: "As many as one instance runs." },
  { name: "min", label: "Instances at least", hint: "With 0 it sleeps until somebody calls." },
  { name: "max", label: "Instances at most", hint: "Calls beyond that wait." },
  { name: "idleSeconds", label: "Idle, in seconds", hint: "How long one with nothing to do stays." },
];

/** How long calls may take, and how many instances there are for them. */
export function ScaleFields({
  draft,
  problems,
  onChange,
}: {
  readonly draft: SettingsDraft;
  readonly problems: ReadonlyMap<string, string>;
  readonly onChange: (what: Partial<SettingsDraft>) => void;
}): ReactNode {
  return (
    <>
      <div className={styles["fields"]}>
        {FIELDS.map(({ name, label, hint }) => (
          <Field key={name} label={label} hint={hint} error={problems.get(pathOf(name))}>
            <TextInput
              isCode
              inputMode="numeric"
              value={draft[name]}
              onChange={(value) => onChange({ [name]: value.trim() })}
            />
          </Field>
        ))}
      </div>
      {problems.has("scale") && <p className={styles["bad"]}>{problems.get("scale")}</p>}
    </>
  );
}
