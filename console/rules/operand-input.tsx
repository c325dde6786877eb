import { type ReactNode, useId, useState } from "react";
import { Field, TextInput } from "../ui/field.tsx";
import { NameOptions } from "./name-options.tsx";
import { type OperandKind, formatOperand, parseOperand } from "./operand.ts";
import type { OperandName } from "./operand-names.ts";
import { isSame } from "./same.ts";

/** A value or a variable, with the variables that there are as one types. */
export function OperandInput({
  label,
  value,
  kind,
  names,
  onChange,
}: {
  readonly label: string;
  readonly value: unknown;
  readonly kind: OperandKind;
  readonly names: readonly OperandName[];
  readonly onChange: (value: ReturnType<typeof parseOperand>) => void;
}): ReactNode {
  const list = useId();
  const [text, setText] = useState(formatOperand(value));
  // What somebody is about to write, `a, `, is kept as long as it means what the rule says.
  const shown = isSame(parseOperand(text, kind), value) ? text : formatOperand(value);
  return (
    <Field label={label} {...(kind.isList && { hint: "A list, separated by commas, or a variable that holds one" })}>
      <TextInput
        isCode
        value={shown}
        list={list}
        autoComplete="off"
        placeholder={kind.isList ? "admin, support" : "args.auth.role"}
        onChange={(next) => {
          setText(next);
          onChange(parseOperand(next, kind));
        }}
      />
      <NameOptions id={list} names={names} />
    </Field>
  );
}
