import { CircleAlert, CircleCheck, CircleDashed, CircleX, Info, LoaderCircle, type LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import styles from "./badge.module.css";
import { classNames } from "./class-names.ts";
import type { Tone } from "./tone.ts";

/** A word about something, such as its kind or version. */
export function Badge({
  tone = "neutral",
  icon,
  title,
  children,
}: {
  readonly tone?: Tone;
  readonly icon?: ReactNode;
  readonly title?: string;
  readonly children: ReactNode;
}): ReactNode {
  return (
    <span className={classNames(styles["badge"], styles[tone])} title={title}>
      {icon}
      {children}
    </span>
  );
}

const ICONS: Readonly<Record<Tone, LucideIcon>> = {
  neutral: CircleDashed,
  accent: Info,
  good: CircleCheck,
  warning: CircleAlert,
  bad: CircleX,
  info: Info,
};

/** How something is doing: a tone, its icon and a word. */
export function Status({
  tone,
  isBusy = false,
  isPlain = false,
  title,
  children,
}: {
  readonly tone: Tone;
  /** It is under way. */
  readonly isBusy?: boolean;
  /** Without a background: for tables, where many stand below each other. */
  readonly isPlain?: boolean;
  readonly title?: string;
  readonly children: ReactNode;
}): ReactNode {
  const Icon = isBusy ? LoaderCircle : ICONS[tone];
  const className = classNames(styles["badge"], styles[tone], isPlain && styles["plain"], isBusy && styles["busy"]);
  return (
    <span className={className} title={title}>
      <Icon aria-hidden="true" />
      {children}
    </span>
  );
}
