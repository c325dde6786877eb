import { Plus, X } from "lucide-react";
import type { ReactNode } from "react";
import { Button, IconButton } from "../../ui/button.tsx";
import { Field, TextInput } from "../../ui/field.tsx";
import { type Pair, emptyPair } from "./settings-draft.ts";
import styles from "./settings.module.css";

/** Names and what they stand for, row by row. */
export function PairsEditor({
  what,
  path,
  names,
  placeholder,
  pairs,
  problems,
  onChange,
}: {
  /** What a row is: `variable`. */
  readonly what: string;
  /** Where the API has them: `env`. */
  readonly path: string;
  readonly names: { readonly name: string; readonly value: string };
  readonly placeholder?: string;
  readonly pairs: readonly Pair[];
  readonly problems: ReadonlyMap<string, string>;
  readonly onChange: (pairs: readonly Pair[]) => void;
}): ReactNode {
  const change = (key: number, to: Partial<Pair>): void =>
    onChange(pairs.map((pair) => (pair.key === key ? { ...pair, ...to } : pair)));
  return (
    <div className={styles["pairs"]}>
      {pairs.length === 0 && <p className={styles["soft"]}>None.</p>}
      {pairs.map(({ key, name, value }, index) => {
        const problem = problems.get(`${path}#${key}`) ?? (name === "" ? undefined : problems.get(`${path}.${name}`));
        return (
          <div key={key} className={styles["pair"]}>
            <Field label={`${names.name} ${index + 1}`} isLabelHidden error={problem}>
              <TextInput
                isCode
                value={name}
                placeholder={names.name}
                onChange={(next) => change(key, { name: next.trim() })}
              />
            </Field>
            <Field label={`${names.value} ${index + 1}`} isLabelHidden>
              <TextInput
                isCode
                value={value}
                placeholder={placeholder ?? names.value}
                onChange={(next) => change(key, { value: next })}
              />
            </Field>
            <IconButton
              label={`Remove ${what} ${name === "" ? index + 1 : name}`}
              icon={<X aria-hidden="true" />}
              onClick={() => onChange(pairs.filter((pair) => pair.key !== key))}
            />
          </div>
        );
      })}
      <div>
        <Button size="small" icon={<Plus aria-hidden="true" />} onClick={() => onChange([...pairs, emptyPair()])}>
          Add a {what}
        </Button>
      </div>
    </div>
  );
}
