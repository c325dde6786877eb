import type { ComponentProps, ReactNode } from "react";
import styles from "./button.module.css";
import { classNames } from "./class-names.ts";

/** How much a button wants to be pressed. One `primary` per view; `danger` for what cannot be undone. */
export type ButtonVariant = "primary" | "secondary" | "quiet" | "danger";

/** How a button looks. */
export interface ButtonLook {
  readonly variant?: ButtonVariant;
  readonly size?: "small" | "medium";
}

/** The classes of a button, for links that look like one: `<Link className={buttonClass({ variant: "primary" })}>`. */
export function buttonClass({ variant = "secondary", size = "medium" }: ButtonLook = {}): string {
  return classNames(styles["button"], styles[variant], size === "small" && styles["small"]);
}

/** Props of a {@link Button}: those of `<button>`, and its looks. */
export interface ButtonProps extends ComponentProps<"button">, ButtonLook {
  /** An icon before the text. */
  readonly icon?: ReactNode;
  /** Something is under way: it shows that, and cannot be pressed again. */
  readonly isBusy?: boolean;
}

/** Does something. For going somewhere, see {@link buttonClass}. */
export function Button({
  variant,
  size,
  icon,
  isBusy = false,
  disabled,
  className,
  children,
  ...rest
}: ButtonProps): ReactNode {
  return (
    <button
      type="button"
      {...rest}
      className={classNames(buttonClass({ ...(variant && { variant }), ...(size && { size }) }), className)}
      disabled={disabled === true || isBusy}
      aria-busy={isBusy || undefined}
    >
      {isBusy ? <span className={styles["spinner"]} aria-hidden="true" /> : icon}
      {children}
    </button>
  );
}

/** Props of an {@link IconButton}. */
export interface IconButtonProps extends Omit<ComponentProps<"button">, "aria-label" | "children"> {
  /** What it does: read out, and shown when pointed at. */
  readonly label: string;
  readonly icon: ReactNode;
  readonly variant?: "quiet" | "secondary";
  readonly size?: "small" | "medium";
}

/** A button that is only an icon. */
export function IconButton({
  label,
  icon,
  variant = "quiet",
  size = "medium",
  className,
  ...rest
}: IconButtonProps): ReactNode {
  return (
    <button
      type="button"
      title={label}
      {...rest}
      aria-label={label}
      className={classNames(buttonClass({ variant, size }), styles["icon"], className)}
    >
      {icon}
    </button>
  );
}
