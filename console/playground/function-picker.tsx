import { type ReactNode, useState } from "react";
import { Field } from "../ui/field.tsx";
import { Select } from "../ui/select.tsx";
import { type KnownFunction, functionId } from "./known-functions.ts";
import { NameInput } from "./name-input.tsx";
import styles from "./playground.module.css";

const OTHER = "*";

/** Chooses what is called: a function that is known, or any other by its name. */
export function FunctionPicker({
  functions,
  service,
  name,
  onChoose,
}: {
  readonly functions: readonly KnownFunction[];
  readonly service: string;
  readonly name: string;
  readonly onChoose: (service: string, name: string) => void;
}): ReactNode {
  const isKnown = functions.some((each) => each.service === service && each.name === name);
  const [isOther, setOther] = useState(false);
  const hasNone = service === "" && name === "";
  const showsOther = isOther || (!isKnown && !hasNone);
  const options = [
    ...functions.map((each) => ({
      value: functionId(each),
      label: functionId(each),
      ...(each.view === undefined && { note: "nobody serves it" }),
    })),
    { value: OTHER, label: "Another function …" },
  ];
  return (
    <div className={styles["picker"]}>
      <Field label="Function">
        <Select
          options={options}
          value={showsOther ? OTHER : hasNone ? undefined : functionId({ service, name })}
          placeholder="Choose a function"
          onChange={(id) => {
            setOther(id === OTHER);
            const found = functions.find((each) => functionId(each) === id);
            if (found !== undefined) onChoose(found.service, found.name);
          }}
        />
      </Field>
      {showsOther && (
        <>
          <NameInput
            key={`service ${service}`}
            label="Service"
            value={service}
            onCommit={(next) => onChoose(next, name)}
          />
          <NameInput
            key={`name ${name}`}
            label="Its function"
            value={name}
            onCommit={(next) => onChoose(service, next)}
          />
        </>
      )}
    </div>
  );
}
