import { Select as Base } from "@base-ui/react/select";
import { Check, ChevronsUpDown } from "lucide-react";
import type { ReactNode } from "react";
import { classNames } from "./class-names.ts";
import field from "./field.module.css";
import styles from "./overlay.module.css";

/** One of the choices of a {@link Select}. */
export interface SelectOption<Value extends string> {
  readonly value: Value;
  readonly label: string;
  readonly note?: string;
}

/** One of some choices. */
export function Select<Value extends string>({
  options,
  value,
  onChange,
  label,
  prefix,
  placeholder = "Choose …",
  isDisabled = false,
  className,
}: {
  readonly options: readonly SelectOption<Value>[];
  readonly value: Value | undefined;
  readonly onChange: (value: Value) => void;
  /** Read out; not needed inside a `Field`. */
  readonly label?: string;
  /** Before the value, in a bar of filters: `Status`. */
  readonly prefix?: string;
  readonly placeholder?: string;
  readonly isDisabled?: boolean;
  readonly className?: string | undefined;
}): ReactNode {
  const shown = options.find((option) => option.value === value)?.label;
  return (
    <Base.Root
      items={options}
      value={value ?? null}
      disabled={isDisabled}
      onValueChange={(next: Value | null) => next !== null && onChange(next)}
    >
      <Base.Trigger className={classNames(field["input"], field["trigger"], className)} aria-label={label}>
        <span className={field["value"]}>
          {prefix !== undefined && <span className={field["prefix"]}>{prefix} </span>}
          {/* Also for an empty text, which stands for all in a filter. */}
          <Base.Value placeholder={placeholder}>{shown}</Base.Value>
        </span>
        <Base.Icon>
          <ChevronsUpDown aria-hidden="true" />
        </Base.Icon>
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner className={styles["positioner"]} sideOffset={4} alignItemWithTrigger={false}>
          <Base.Popup className={styles["popup"]}>
            <Base.List>
              {options.map((option) => (
                <Base.Item key={option.value} value={option.value} className={styles["item"]}>
                  <span className={styles["check"]}>
                    <Base.ItemIndicator>
                      <Check aria-hidden="true" />
                    </Base.ItemIndicator>
                  </span>
                  <Base.ItemText className={styles["itemText"]}>{option.label}</Base.ItemText>
                  {option.note !== undefined && <span className={styles["itemNote"]}>{option.note}</span>}
                </Base.Item>
              ))}
            </Base.List>
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
