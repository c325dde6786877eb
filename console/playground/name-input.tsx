import { type ReactNode, useState } from "react";
import { Field, TextInput } from "../ui/field.tsx";

/** A name that counts once it is written: when the field is left, or at Enter. */
export function NameInput({
  label,
  value,
  onCommit,
}: {
  readonly label: string;
  readonly value: string;
  readonly onCommit: (value: string) => void;
}): ReactNode {
  const [typed, setTyped] = useState(value);
  const commit = (): void => {
    if (typed.trim() !== value) onCommit(typed.trim());
  };
  return (
    <Field label={label}>
      <TextInput
        isCode
        value={typed}
        onChange={setTyped}
        onBlur={commit}
        onKeyDown={(event) => event.key === "Enter" && !event.ctrlKey && !event.metaKey && commit()}
      />
    </Field>
  );
}
