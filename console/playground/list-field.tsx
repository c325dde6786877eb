import { Plus, X } from "lucide-react";
import type { ReactNode } from "react";
import { Button, IconButton } from "../ui/button.tsx";
import { findingsAt, ownFindings } from "./findings.ts";
import styles from "./form.module.css";
import { initialValue } from "./initial-value.ts";
import { SchemaField, type SchemaFieldProps } from "./schema-field.tsx";

/** Items of one kind, as many as one likes. */
export function ListField({
  label,
  root,
  value,
  onChange,
  findings,
  isOutermost = false,
  item,
}: SchemaFieldProps & { readonly item: unknown }): ReactNode {
  const items: readonly unknown[] = Array.isArray(value) ? value : [];
  const error = ownFindings(findings);
  return (
    <fieldset className={isOutermost ? styles["bare"] : styles["group"]}>
      <legend className={styles["legend"]}>
        {label} <span className={styles["count"]}>{items.length}</span>
      </legend>
      {error !== undefined && <p className={styles["error"]}>{error}</p>}
      {items.map((each, index) => (
        // oxlint-disable-next-line react/no-array-index-key -- items have no names but their place
        <div key={index} className={styles["member"]}>
          <div className={styles["grows"]}>
            <SchemaField
              label={`${label} ${index + 1}`}
              schema={item}
              root={root}
              value={each}
              onChange={(next) => onChange(items.with(index, next ?? null))}
              findings={findingsAt(findings, index)}
            />
          </div>
          <IconButton
            size="small"
            label={`Remove ${label} ${index + 1}`}
            icon={<X aria-hidden="true" />}
            onClick={() => onChange(items.toSpliced(index, 1))}
          />
        </div>
      ))}
      <div className={styles["adders"]}>
        <Button
          size="small"
          variant="quiet"
          icon={<Plus aria-hidden="true" />}
          onClick={() => onChange([...items, initialValue(item, root)])}
        >
          Add to {label}
        </Button>
      </div>
    </fieldset>
  );
}
