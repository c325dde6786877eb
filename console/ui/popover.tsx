import { Popover as Base } from "@base-ui/react/popover";
import type { ReactElement, ReactNode } from "react";
import { classNames } from "./class-names.ts";
import styles from "./overlay.module.css";

/** A panel that a button opens beside it, for a few controls or more about something. */
export function Popover({
  trigger,
  title,
  align = "start",
  children,
}: {
  /** A `Button` or an `IconButton`. */
  readonly trigger: ReactElement;
  readonly title?: string;
  readonly align?: "start" | "center" | "end";
  readonly children: ReactNode;
}): ReactNode {
  return (
    <Base.Root>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner className={styles["positioner"]} sideOffset={6} align={align}>
          <Base.Popup className={classNames(styles["popup"], styles["panel"])}>
            {title !== undefined && <Base.Title>{title}</Base.Title>}
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
