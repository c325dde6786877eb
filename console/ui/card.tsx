import type { ReactNode } from "react";
import styles from "./card.module.css";
import { classNames } from "./class-names.ts";

/** Something that belongs together. With a title it is a region of the page. */
export function Card({
  title,
  description,
  actions,
  isFlush = false,
  className,
  children,
}: {
  readonly title?: ReactNode;
  readonly description?: ReactNode;
  readonly actions?: ReactNode;
  /** Without a margin inside: for tables and editors. */
  readonly isFlush?: boolean;
  readonly className?: string | undefined;
  readonly children: ReactNode;
}): ReactNode {
  const hasHead = title !== undefined || actions !== undefined;
  return (
    <section className={classNames(styles["card"], className)}>
      {hasHead && (
        <header className={styles["head"]}>
          <div>
            {title !== undefined && <h2 className={styles["title"]}>{title}</h2>}
            {description !== undefined && <p className={styles["description"]}>{description}</p>}
          </div>
          {actions !== undefined && <div className={styles["actions"]}>{actions}</div>}
        </header>
      )}
      <div className={classNames(styles["body"], isFlush && styles["flush"])}>{children}</div>
    </section>
  );
}
