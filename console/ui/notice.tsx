import { CircleCheck, Info, type LucideIcon, OctagonX, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { classNames } from "./class-names.ts";
import styles from "./notice.module.css";
import type { Tone } from "./tone.ts";

const ICONS: Readonly<Record<Tone, LucideIcon>> = {
  neutral: Info,
  accent: Info,
  info: Info,
  good: CircleCheck,
  warning: TriangleAlert,
  bad: OctagonX,
};

/** Something worth knowing about what is below or beside it. */
export function Notice({
  tone = "info",
  title,
  children,
  actions,
}: {
  readonly tone?: Tone;
  readonly title?: ReactNode;
  readonly children?: ReactNode;
  readonly actions?: ReactNode;
}): ReactNode {
  const Icon = ICONS[tone];
  return (
    <div className={classNames(styles["notice"], styles[tone])} role={tone === "bad" ? "alert" : "status"}>
      <Icon aria-hidden="true" />
      <div>
        {title !== undefined && <div className={styles["title"]}>{title}</div>}
        {children !== undefined && <div className={styles["text"]}>{children}</div>}
        {actions !== undefined && <div className={styles["actions"]}>{actions}</div>}
      </div>
    </div>
  );
}
