import { type ReactNode, useState } from "react";
import { Field, TextArea } from "../ui/field.tsx";
import { parseBody, writeBody } from "./draft.ts";

/** Anything a form has no control for, as JSON. */
export function JsonField({
  value,
  onChange,
  label,
  hint = "Any JSON",
  error,
}: {
  readonly label: string;
  readonly hint?: string | undefined;
  readonly error?: string | undefined;
  readonly value: unknown;
  readonly onChange: (value: unknown) => void;
}): ReactNode {
  const [typed, setTyped] = useState<string>();
  const parsed = typed === undefined ? undefined : parseBody(typed);
  const isBroken = parsed !== undefined && "error" in parsed;
  const isSame = parsed !== undefined && "value" in parsed && writeBody(parsed.value) === writeBody(value);
  const text = typed !== undefined && (isBroken || isSame) ? typed : writeBody(value);
  return (
    <Field label={label} hint={hint} error={isBroken ? parsed.error : error}>
      <TextArea
        isCode
        value={text}
        onChange={(next) => {
          setTyped(next);
          const result = parseBody(next);
          if ("value" in result) onChange(result.value);
        }}
      />
    </Field>
  );
}
