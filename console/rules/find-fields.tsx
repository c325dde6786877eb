import { Plus, Trash2 } from "lucide-react";
import type { ReactNode } from "react";
import { Button, IconButton } from "../ui/button.tsx";
import { Field, TextInput } from "../ui/field.tsx";
import styles from "./builder.module.css";
import { type Operand, parseOperand } from "./operand.ts";
import { OperandInput } from "./operand-input.tsx";
import type { OperandName } from "./operand-names.ts";

type Find = Readonly<Record<string, unknown>>;

/** Columns of a row and what they have to be. What is more than that is written as text. */
export function FindFields({
  find,
  names,
  onChange,
}: {
  readonly find: Find;
  readonly names: readonly OperandName[];
  readonly onChange: (find: Find) => void;
}): ReactNode {
  const columns = Object.entries(find);
  if (columns.some(([, value]) => typeof value === "object" && value !== null)) {
    return <p className={styles["note"]}>This query compares in more ways than fit here: change it as YAML or JSON.</p>;
  }
  const put = (index: number, column: string, value: unknown): void =>
    onChange(Object.fromEntries(columns.map((pair, at) => (at === index ? [column, value] : pair))));
  return (
    <div className={styles["stack"]}>
      {columns.map(([column, value], index) => (
        // oxlint-disable-next-line react/no-array-index-key -- a column that is renamed stays the same field
        <div key={index} className={styles["column"]}>
          <Field label={`Column ${index + 1}`}>
            <TextInput isCode value={column} onChange={(next) => put(index, next, value)} />
          </Field>
          <OperandInput
            label="is"
            value={value}
            kind={{ type: guessType(value), isList: false }}
            names={names}
            onChange={(next: Operand) => put(index, column, next)}
          />
          <IconButton
            label={`Remove column ${column}`}
            icon={<Trash2 aria-hidden="true" />}
            onClick={() => onChange(Object.fromEntries(columns.filter((_, at) => at !== index)))}
          />
        </div>
      ))}
      <div>
        <Button
          size="small"
          icon={<Plus aria-hidden="true" />}
          disabled={Object.hasOwn(find, "")}
          onClick={() => onChange({ ...find, "": parseOperand("args.auth.id", { type: "string", isList: false }) })}
        >
          Add a column
        </Button>
      </div>
    </div>
  );
}

function guessType(value: unknown): string {
  return typeof value === "number" ? "number" : typeof value === "boolean" ? "bool" : "string";
}
