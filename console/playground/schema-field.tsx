import type { ReactNode } from "react";
import { constraintsOf, resolveSchema } from "../service/json-schema.ts";
import { Field, TextInput } from "../ui/field.tsx";
import { Select } from "../ui/select.tsx";
import { Checkbox } from "../ui/toggles.tsx";
import { AlternativesField } from "./alternatives-field.tsx";
import { type Findings, ownFindings } from "./findings.ts";
import { JsonField } from "./json-field.tsx";
import { ListField } from "./list-field.tsx";
import { NumberField } from "./number-field.tsx";
import { ObjectField } from "./object-field.tsx";
import { shapeOf } from "./shape.ts";

/** What every part of a form is given. */
export interface SchemaFieldProps {
  readonly label: string;
  readonly schema: unknown;
  /** The whole schema, for references into it. */
  readonly root: unknown;
  /** `undefined`: it is not there. */
  readonly value: unknown;
  readonly onChange: (value: unknown) => void;
  readonly findings: Findings;
  /** The form itself: its parts need no frame around them. */
  readonly isOutermost?: boolean;
}

/** The control for a part of a schema. */
export function SchemaField(props: SchemaFieldProps): ReactNode {
  const { label, schema, root, value, onChange, findings } = props;
  const shape = shapeOf(schema, root);
  const about = { label, hint: hintOf(schema, root), error: ownFindings(findings) };
  switch (shape.kind) {
    case "object":
      return <ObjectField {...props} members={shape.members} />;
    case "list":
      return <ListField {...props} item={shape.item} />;
    case "alternatives":
      return <AlternativesField {...props} options={shape.options} />;
    case "text":
      return (
        <Field {...about}>
          <TextInput
            value={typeof value === "string" ? value : ""}
            onChange={onChange}
            type={inputType(shape.schema)}
          />
        </Field>
      );
    case "number":
      return <NumberField {...about} value={value} onChange={onChange} />;
    case "boolean":
      return <Checkbox label={label} hint={about.error ?? about.hint} isOn={value === true} onChange={onChange} />;
    case "constant":
      return (
        <Field {...about}>
          <TextInput isCode value={JSON.stringify(shape.value)} onChange={() => onChange(shape.value)} readOnly />
        </Field>
      );
    case "constants":
      return (
        <Field {...about}>
          <Select
            options={shape.values.map((each) => ({ value: JSON.stringify(each), label: String(each) }))}
            value={value === undefined ? undefined : JSON.stringify(value)}
            onChange={(text) => onChange(JSON.parse(text))}
          />
        </Field>
      );
    case "json":
      return <JsonField {...about} value={value} onChange={onChange} />;
    default:
      return shape satisfies never;
  }
}

/** What to know about a value: what the schema says of it in words. */
function hintOf(given: unknown, root: unknown): string | undefined {
  const schema = resolveSchema(given, root) ?? {};
  const { description } = schema;
  const words = [...(typeof description === "string" ? [description] : []), ...constraintsOf(schema)];
  return words.length === 0 ? undefined : words.join(", ");
}

/** Only kinds of input that let one type anything: what is wrong is for the function to say. */
function inputType({ format }: Readonly<Record<string, unknown>>): string {
  return format === "email" ? "email" : format === "uri" ? "url" : "text";
}
