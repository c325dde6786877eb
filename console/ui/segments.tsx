import { Toggle } from "@base-ui/react/toggle";
import { ToggleGroup } from "@base-ui/react/toggle-group";
import type { ReactNode } from "react";
import styles from "./tabs.module.css";

/** One of few choices, all of them in sight: a range of time, a view. */
export function Segments<Value extends string>({
  label,
  options,
  value,
  onChange,
}: {
  readonly label: string;
  readonly options: readonly { readonly value: Value; readonly label: ReactNode; readonly title?: string }[];
  readonly value: Value;
  readonly onChange: (value: Value) => void;
}): ReactNode {
  return (
    <ToggleGroup
      aria-label={label}
      className={styles["segments"]}
      value={[value]}
      onValueChange={([next]) => {
        // Pressing the chosen one again changes nothing.
        if (next !== undefined) onChange(next);
      }}
    >
      {options.map((option) => (
        <Toggle
          key={option.value}
          value={option.value}
          className={styles["segment"]}
          {...(option.title !== undefined && { title: option.title })}
        >
          {option.label}
        </Toggle>
      ))}
    </ToggleGroup>
  );
}
