import { type ReactNode, useState } from "react";
import { Field, TextInput } from "../ui/field.tsx";

/** A number. What is typed stays as it is until it is one. */
export function NumberField({
  value,
  onChange,
  ...about
}: {
  readonly label: string;
  readonly hint?: string | undefined;
  readonly error?: string | undefined;
  readonly value: unknown;
  readonly onChange: (value: unknown) => void;
}): ReactNode {
  const [typed, setTyped] = useState("");
  const shown = value === undefined ? "" : typeof value === "string" ? value : JSON.stringify(value);
  // Another view of the same value may have changed it meanwhile.
  const text = parse(typed) === value ? typed : shown;
  return (
    <Field {...about}>
      <TextInput
        inputMode="decimal"
        value={text}
        onChange={(next) => {
          setTyped(next);
          onChange(parse(next));
        }}
      />
    </Field>
  );
}

/** What is no number is sent as it was typed: the function says what is wrong with it. */
function parse(text: string): number | string | undefined {
  const trimmed = text.trim();
  if (trimmed === "") return undefined;
  const number = Number(trimmed);
  return Number.isFinite(number) ? number : text;
}
