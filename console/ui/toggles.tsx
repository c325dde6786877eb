import { Checkbox as BaseCheckbox } from "@base-ui/react/checkbox";
import { Switch as BaseSwitch } from "@base-ui/react/switch";
import { Check } from "lucide-react";
import { type ReactNode, useId } from "react";
import { classNames } from "./class-names.ts";
import field from "./field.module.css";
import styles from "./toggles.module.css";

/** What {@link Switch} and {@link Checkbox} take. */
export interface ToggleProps {
  readonly label: string;
  readonly hint?: ReactNode;
  readonly isOn: boolean;
  readonly onChange: (isOn: boolean) => void;
  readonly isDisabled?: boolean;
  /** The label is read out only. */
  readonly isLabelHidden?: boolean;
}

/** On or off, in force at once. */
export function Switch(props: ToggleProps): ReactNode {
  return (
    <Toggle {...props}>
      {(control) => (
        <BaseSwitch.Root className={styles["switch"]} {...control}>
          <BaseSwitch.Thumb className={styles["thumb"]} />
        </BaseSwitch.Root>
      )}
    </Toggle>
  );
}

/** Part of a choice that is sent later. */
export function Checkbox(props: ToggleProps): ReactNode {
  return (
    <Toggle {...props}>
      {(control) => (
        <BaseCheckbox.Root className={styles["checkbox"]} {...control}>
          <BaseCheckbox.Indicator>
            <Check aria-hidden="true" strokeWidth={3} />
          </BaseCheckbox.Indicator>
        </BaseCheckbox.Root>
      )}
    </Toggle>
  );
}

/** What the two give to the control they are made of. */
interface Control {
  readonly checked: boolean;
  readonly onCheckedChange: (isOn: boolean) => void;
  readonly disabled: boolean;
  readonly "aria-labelledby": string;
}

function Toggle({
  label,
  hint,
  isOn,
  onChange,
  isDisabled = false,
  isLabelHidden = false,
  children,
}: ToggleProps & { readonly children: (control: Control) => ReactNode }): ReactNode {
  const id = useId();
  return (
    <div className={styles["row"]}>
      {children({
        checked: isOn,
        onCheckedChange: (next) => onChange(next),
        disabled: isDisabled,
        "aria-labelledby": id,
      })}
      <div className={isLabelHidden ? "visually-hidden" : undefined}>
        <div id={id} className={classNames(field["label"], styles["label"])}>
          {label}
        </div>
        {hint !== undefined && <div className={field["hint"]}>{hint}</div>}
      </div>
    </div>
  );
}
