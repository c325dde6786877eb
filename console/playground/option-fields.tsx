import type { ReactNode } from "react";
import { Field, TextInput } from "../ui/field.tsx";
import { type Draft, isTimeout } from "./draft.ts";
import styles from "./playground.module.css";

/** How long is waited, and whether the call may run twice. */
export function OptionFields({
  draft: { timeout, key },
  onChange,
}: {
  readonly draft: Draft;
  readonly onChange: (part: Partial<Draft>) => void;
}): ReactNode {
  return (
    <div className={styles["options"]}>
      <Field
        label="Timeout in seconds"
        isOptional
        error={isTimeout(timeout) ? undefined : "A number of seconds, such as 2.5"}
      >
        <TextInput
          inputMode="decimal"
          placeholder="10"
          value={timeout}
          onChange={(next) => onChange({ timeout: next.trim() })}
        />
      </Field>
      <Field label="Idempotency key" isOptional>
        <TextInput isCode placeholder="none" value={key} onChange={(next) => onChange({ key: next })} />
      </Field>
    </div>
  );
}
