import { Plus, Trash2 } from "lucide-react";
import { type ReactNode, useState } from "react";
import { Button, IconButton } from "../../ui/button.tsx";
import { Field, TextInput } from "../../ui/field.tsx";
import styles from "./edit.module.css";
import { parseDependency } from "./parse-dependency.ts";

/** The npm packages that a handler imports: one row each, and a field for another. */
export function Dependencies({
  dependencies,
  isReadOnly,
  onChange,
}: {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly isReadOnly: boolean;
  readonly onChange: (dependencies: Readonly<Record<string, string>>) => void;
}): ReactNode {
  const rows = Object.entries(dependencies).toSorted(([one], [other]) => one.localeCompare(other));
  return (
    <section className={styles["dependencies"]} aria-label="Dependencies">
      <h3 className={styles["sectionTitle"]}>Dependencies</h3>
      {rows.length === 0 && <p className={styles["soft"]}>None. Packages of npm, bundled into the image.</p>}
      {rows.map(([name, version]) => (
        <div key={name} className={styles["dependency"]}>
          <code className={styles["dependencyName"]}>{name}</code>
          {isReadOnly ? (
            <code>{version}</code>
          ) : (
            <>
              <Field label={`Version of ${name}`} isLabelHidden>
                <TextInput
                  isCode
                  value={version}
                  onChange={(next) => onChange({ ...dependencies, [name]: next.trim() })}
                />
              </Field>
              <IconButton
                size="small"
                label={`Remove ${name}`}
                icon={<Trash2 aria-hidden="true" />}
                onClick={() => onChange(Object.fromEntries(rows.filter(([each]) => each !== name)))}
              />
            </>
          )}
        </div>
      ))}
      {!isReadOnly && <AddDependency onAdd={(name, version) => onChange({ ...dependencies, [name]: version })} />}
    </section>
  );
}

function AddDependency({ onAdd }: { readonly onAdd: (name: string, version: string) => void }): ReactNode {
  const [text, setText] = useState("");
  const [isTried, setTried] = useState(false);
  const parsed = parseDependency(text);
  return (
    <form
      className={styles["addDependency"]}
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if ("problem" in parsed) return;
        onAdd(parsed.name, parsed.version);
        setText("");
        setTried(false);
      }}
    >
      <Field label="Package to add" isLabelHidden error={isTried && "problem" in parsed ? parsed.problem : undefined}>
        <TextInput isCode value={text} placeholder="nanoid@5.1.6" autoComplete="off" onChange={setText} />
      </Field>
      <Button type="submit" size="small" icon={<Plus aria-hidden="true" />}>
        Add
      </Button>
    </form>
  );
}
