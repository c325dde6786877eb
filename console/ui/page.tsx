import { type ReactNode, useEffect } from "react";
import styles from "./page.module.css";

/** A page: its title in the window and at the top, what can be done, and the content in one column. */
export function Page({
  title,
  heading,
  description,
  breadcrumbs,
  actions,
  children,
}: {
  /** Stands in the window's title, and above the page unless there is a `heading`. */
  readonly title: string;
  /** For a heading that is more than text. */
  readonly heading?: ReactNode;
  readonly description?: ReactNode;
  /** Links to what is above, outermost first. */
  readonly breadcrumbs?: readonly { readonly id: string; readonly link: ReactNode }[];
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}): ReactNode {
  useEffect(() => {
    document.title = `${title} · Functions Mesh`;
  }, [title]);
  return (
    <div className={styles["page"]}>
      <header className={styles["head"]}>
        <div className={styles["words"]}>
          {breadcrumbs !== undefined && (
            <nav aria-label="Breadcrumbs">
              <ol className={styles["crumbs"]}>
                {breadcrumbs.map(({ id, link }) => (
                  <li key={id}>{link}</li>
                ))}
              </ol>
            </nav>
          )}
          <h1 className={styles["title"]} tabIndex={-1}>
            {heading ?? title}
          </h1>
          {description !== undefined && <p className={styles["description"]}>{description}</p>}
        </div>
        {actions !== undefined && <div className={styles["actions"]}>{actions}</div>}
      </header>
      {children}
    </div>
  );
}
