import { type ReactNode, useState } from "react";
import { CodeEditor } from "../ui/code-editor.tsx";
import { Field, TextArea } from "../ui/field.tsx";
import { Notice } from "../ui/notice.tsx";
import { Segments } from "../ui/segments.tsx";
import { JSON_TYPE, TEXT_TYPE, parseBody, writeBody } from "./draft.ts";
import type { Findings } from "./findings.ts";
import styles from "./playground.module.css";
import { SchemaField } from "./schema-field.tsx";
import { shapeOf } from "./shape.ts";

type View = "form" | "json" | "text";

const VIEWS: readonly { readonly value: View; readonly label: string }[] = [
  { value: "form", label: "Form" },
  { value: "json", label: "JSON" },
  { value: "text", label: "Text" },
];

/** What is sent: as a form where the function has a schema, as JSON, or as a text. All of them are of one body. */
export function InputEditor({
  schema,
  body,
  type,
  findings,
  onChange,
}: {
  /** `null` for none. */
  readonly schema: unknown;
  readonly body: string;
  readonly type: string;
  readonly findings: Findings;
  readonly onChange: (next: { readonly body: string; readonly type: string }) => void;
}): ReactNode {
  const hasForm = schema !== null && shapeOf(schema, schema).kind !== "json";
  const [wanted, setWanted] = useState<View>("form");
  const view = type !== JSON_TYPE ? "text" : wanted === "form" && hasForm ? "form" : "json";
  const parsed = parseBody(body);
  const show = (next: View): void => {
    setWanted(next);
    onChange({ body, type: next === "text" ? TEXT_TYPE : JSON_TYPE });
  };
  return (
    <div className={styles["input"]}>
      <div className={styles["inputHead"]}>
        <h3>Params</h3>
        <Segments
          label="How params are written"
          options={hasForm ? VIEWS : VIEWS.slice(1)}
          value={view}
          onChange={show}
        />
      </div>
      {view === "form" &&
        ("error" in parsed ? (
          <Notice tone="warning" title="The JSON is broken">
            <p>Mend it, and the form is here again: {parsed.error}</p>
          </Notice>
        ) : (
          <SchemaField
            label="Params"
            schema={schema}
            root={schema}
            value={parsed.value}
            onChange={(value) => onChange({ body: writeBody(value), type: JSON_TYPE })}
            findings={findings}
            isOutermost
          />
        ))}
      {view === "json" && (
        <>
          <CodeEditor
            label="Params as JSON"
            language="json"
            value={body}
            onChange={(next) => onChange({ body: next, type: JSON_TYPE })}
          />
          {findings.length > 0 && (
            <ul className={styles["findings"]}>
              {findings.map(({ path, message }) => (
                <li key={`${path.join(".")} ${message}`}>
                  <code>{path.join(".") || "params"}</code> {message}
                </li>
              ))}
            </ul>
          )}
        </>
      )}
      {view === "text" && (
        <Field label="Text" hint={`Sent as ${type}`}>
          <TextArea isCode rows={10} value={body} onChange={(next) => onChange({ body: next, type })} />
        </Field>
      )}
    </div>
  );
}
