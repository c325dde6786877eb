import type { ReactNode } from "react";
import styles from "./empty-state.module.css";

/** Where there is nothing yet: says why, and what to do next. */
export function EmptyState({
  icon,
  title,
  children,
  actions,
}: {
  readonly icon?: ReactNode;
  readonly title: string;
  /** What to do next. */
  readonly children?: ReactNode;
  readonly actions?: ReactNode;
}): ReactNode {
  return (
    <div className={styles["empty"]}>
      {icon !== undefined && <span className={styles["icon"]}>{icon}</span>}
      <h3 className={styles["title"]}>{title}</h3>
      {children !== undefined && <div className={styles["text"]}>{children}</div>}
      {actions !== undefined && <div className={styles["actions"]}>{actions}</div>}
    </div>
  );
}
