import { type ReactNode, useState } from "react";
import { isObject, membersOf, resolveSchema } from "../service/json-schema.ts";
import { shortTypeText } from "../service/type-text.ts";
import { Field } from "../ui/field.tsx";
import { Select } from "../ui/select.tsx";
import styles from "./form.module.css";
import { initialValue } from "./initial-value.ts";
import { SchemaField, type SchemaFieldProps } from "./schema-field.tsx";
import { fittingOption } from "./shape.ts";

/** One of several kinds of value: which, and then its own controls. */
export function AlternativesField({
  options,
  ...props
}: SchemaFieldProps & { readonly options: readonly unknown[] }): ReactNode {
  const { label, root, value, onChange } = props;
  const [chosen, setChosen] = useState<{ readonly index: number; readonly value: unknown }>();
  // What was chosen counts until the value is changed to look like another.
  const index = chosen !== undefined && chosen.value === value ? chosen.index : fittingOption(value, options, root);
  const names = options.map((option, at) => ({ value: String(at), label: optionName(option, root, at) }));
  return (
    <fieldset className={styles["group"]}>
      <legend className={styles["legend"]}>{label}</legend>
      <Field label={`Kind of ${label}`} isLabelHidden>
        <Select
          options={names}
          value={String(index)}
          onChange={(next) => {
            const initial = initialValue(options[Number(next)], root);
            setChosen({ index: Number(next), value: initial });
            onChange(initial);
          }}
        />
      </Field>
      <SchemaField {...props} key={index} schema={options[index]} label={label} isOutermost />
    </fieldset>
  );
}

/** What an alternative is called: its title, what makes it different, or its type. */
function optionName(given: unknown, root: unknown, index: number): string {
  const schema = resolveSchema(given, root);
  if (schema === undefined) return `Kind ${index + 1}`;
  const { title } = schema;
  if (typeof title === "string") return title;
  const mark = membersOf(schema)
    .map(({ schema: member }) => resolveSchema(member, root))
    .find((member) => isObject(member) && "const" in member);
  if (mark !== undefined) return String(mark["const"]);
  return shortTypeText(schema);
}
