import { Plus, X } from "lucide-react";
import type { ReactNode } from "react";
import { isObject, type membersOf } from "../service/json-schema.ts";
import { Button, IconButton } from "../ui/button.tsx";
import { findingsAt, ownFindings } from "./findings.ts";
import styles from "./form.module.css";
import { initialValue } from "./initial-value.ts";
import { shapeOf } from "./shape.ts";
import { SchemaField, type SchemaFieldProps } from "./schema-field.tsx";

/** Members below each other. Those that may be missing are added and taken out again. */
export function ObjectField({
  label,
  root,
  value,
  onChange,
  findings,
  isOutermost = false,
  members,
}: SchemaFieldProps & { readonly members: ReturnType<typeof membersOf> }): ReactNode {
  const object = isObject(value) ? value : {};
  const set = (name: string, next: unknown): void => {
    const { [name]: _, ...others } = object;
    onChange(next === undefined ? others : name in object ? { ...object, [name]: next } : { ...others, [name]: next });
  };
  const missing = members.filter(({ name, isRequired }) => !isRequired && object[name] === undefined);
  const known = new Set(members.map(({ name }) => name));
  const others = Object.keys(object).filter((name) => !known.has(name));
  const error = ownFindings(findings);
  return (
    <fieldset className={isOutermost ? styles["bare"] : styles["group"]}>
      <legend className={isOutermost ? "visually-hidden" : styles["legend"]}>{label}</legend>
      {error !== undefined && <p className={styles["error"]}>{error}</p>}
      {members
        .filter((member) => !missing.includes(member) && !isSettled(member.schema, root, object[member.name]))
        .map(({ name, schema, isRequired }) => (
          <div key={name} className={styles["member"]}>
            <div className={styles["grows"]}>
              <SchemaField
                label={name}
                schema={schema}
                root={root}
                value={object[name]}
                onChange={(next) => set(name, next)}
                findings={findingsAt(findings, name)}
              />
            </div>
            {!isRequired && (
              <IconButton
                size="small"
                label={`Leave ${name} out`}
                icon={<X aria-hidden="true" />}
                onClick={() => set(name, undefined)}
              />
            )}
          </div>
        ))}
      {others.length > 0 && <p className={styles["note"]}>Also in the JSON: {others.join(", ")}</p>}
      {missing.length > 0 && (
        <div className={styles["adders"]}>
          {missing.map(({ name, schema }) => (
            <Button
              key={name}
              size="small"
              variant="quiet"
              icon={<Plus aria-hidden="true" />}
              onClick={() => set(name, initialValue(schema, root))}
            >
              {name}
            </Button>
          ))}
        </div>
      )}
    </fieldset>
  );
}

/** There is nothing to choose: it has the only value that it may have. */
function isSettled(schema: unknown, root: unknown, value: unknown): boolean {
  const shape = shapeOf(schema, root);
  return shape.kind === "constant" && JSON.stringify(shape.value) === JSON.stringify(value);
}
