import { Checkbox as BaseCheckbox } from "@base-ui/react/checkbox";
import { Switch as BaseSwitch } from "@base-ui/react/switch";
import { Check } from "lucide-react";
import { type ReactNode, useId } from "react";
import styles from "./field.module.css";

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
export function Switch({
  label,
  hint,
  isOn,
  onChange,
  isDisabled = false,
  isLabelHidden = false,
}: ToggleProps): ReactNode {
  const id = useId();
  return (
    <div className={styles["toggleRow"]}>
      <BaseSwitch.Root
        className={styles["switch"]}
        checked={isOn}
        onCheckedChange={(next) => onChange(next)}
        disabled={isDisabled}
        aria-labelledby={id}
      >
        <BaseSwitch.Thumb className={styles["thumb"]} />
      </BaseSwitch.Root>
      <ToggleWords id={id} label={label} hint={hint} isHidden={isLabelHidden} />
    </div>
  );
}

/** Part of a choice that is sent later. */
export function Checkbox({
  label,
  hint,
  isOn,
  onChange,
  isDisabled = false,
  isLabelHidden = false,
}: ToggleProps): ReactNode {
  const id = useId();
  return (
    <div className={styles["toggleRow"]}>
      <BaseCheckbox.Root
        className={styles["checkbox"]}
        checked={isOn}
        onCheckedChange={(next) => onChange(next)}
        disabled={isDisabled}
        aria-labelledby={id}
      >
        <BaseCheckbox.Indicator>
          <Check aria-hidden="true" strokeWidth={3} />
        </BaseCheckbox.Indicator>
      </BaseCheckbox.Root>
      <ToggleWords id={id} label={label} hint={hint} isHidden={isLabelHidden} />
    </div>
  );
}

function ToggleWords({
  id,
  label,
  hint,
  isHidden,
}: {
  readonly id: string;
  readonly label: string;
  readonly hint: ReactNode;
  readonly isHidden: boolean;
}): ReactNode {
  return (
    <div className={isHidden ? "visually-hidden" : undefined}>
      <div id={id} className={styles["label"]}>
        {label}
      </div>
      {hint !== undefined && <div className={styles["hint"]}>{hint}</div>}
    </div>
  );
}
