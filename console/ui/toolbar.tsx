import type { ReactNode } from "react";
import styles from "./toolbar.module.css";

/** What a list is searched and filtered with. */
export function Toolbar({
  label,
  search,
  children,
}: {
  /** What it is for, read out: `Filters`. */
  readonly label: string;
  /** A `SearchField`: it takes the room that is left. */
  readonly search?: ReactNode;
  readonly children?: ReactNode;
}): ReactNode {
  return (
    <div className={styles["toolbar"]} role="group" aria-label={label}>
      {search !== undefined && <div className={styles["grows"]}>{search}</div>}
      {children}
    </div>
  );
}
