import { Field as Base } from "@base-ui/react/field";
import type { ComponentProps, ReactNode } from "react";
import { classNames } from "./class-names.ts";
import styles from "./field.module.css";

/** A label, a control, what to know about it, and what is wrong with it. The control is found by itself. */
export function Field({
  label,
  hint,
  error,
  isOptional = false,
  isLabelHidden = false,
  children,
}: {
  readonly label: string;
  readonly hint?: ReactNode;
  /** What is wrong with the value, and how it would be right. */
  readonly error?: ReactNode;
  readonly isOptional?: boolean;
  readonly isLabelHidden?: boolean;
  /** A `TextInput`, `TextArea` or `Select`. */
  readonly children: ReactNode;
}): ReactNode {
  const isInvalid = error !== undefined && error !== null && error !== "";
  return (
    <Base.Root className={styles["field"]} invalid={isInvalid}>
      <Base.Label className={isLabelHidden ? "visually-hidden" : styles["label"]}>
        {label}
        {isOptional && <span className={styles["optional"]}> (optional)</span>}
      </Base.Label>
      {children}
      {hint !== undefined && <Base.Description className={styles["hint"]}>{hint}</Base.Description>}
      {isInvalid && (
        <Base.Error className={styles["error"]} match>
          {error}
        </Base.Error>
      )}
    </Base.Root>
  );
}

/** Props of a {@link TextInput}: those of `<input>`. */
export interface TextInputProps extends Omit<ComponentProps<"input">, "onChange" | "value" | "defaultValue"> {
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** For names, numbers and whatever a program reads. */
  readonly isCode?: boolean;
}

/** One line of text. */
export function TextInput({ value, onChange, isCode = false, className, ref, ...rest }: TextInputProps): ReactNode {
  return (
    <Base.Control
      {...rest}
      {...(ref !== undefined && { ref })}
      value={value}
      className={classNames(styles["input"], isCode && styles["code"], className)}
      onValueChange={(next) => onChange(next)}
      spellCheck={isCode ? false : rest.spellCheck}
    />
  );
}

/** Props of a {@link TextArea}: those of `<textarea>`. */
export interface TextAreaProps extends Omit<ComponentProps<"textarea">, "onChange" | "value" | "defaultValue"> {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly isCode?: boolean;
}

/** Some lines of text. */
export function TextArea({ value, onChange, isCode = false, className, ...rest }: TextAreaProps): ReactNode {
  return (
    <Base.Control
      value={value}
      onValueChange={(next) => onChange(next)}
      render={
        <textarea
          {...rest}
          className={classNames(styles["input"], isCode && styles["code"], className)}
          spellCheck={isCode ? false : rest.spellCheck}
        />
      }
    />
  );
}
