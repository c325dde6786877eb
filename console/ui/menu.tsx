import { Menu as Base } from "@base-ui/react/menu";
import type { ReactElement, ReactNode } from "react";
import { classNames } from "./class-names.ts";
import styles from "./overlay.module.css";

/** A menu that a button opens. */
export function Menu({
  trigger,
  align = "end",
  children,
}: {
  /** A `Button` or an `IconButton`. */
  readonly trigger: ReactElement;
  readonly align?: "start" | "end";
  readonly children: ReactNode;
}): ReactNode {
  return (
    <Base.Root>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner className={styles["positioner"]} sideOffset={4} align={align}>
          <Base.Popup className={styles["popup"]}>{children}</Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

/** Something to do, in a {@link Menu}. */
export function MenuItem({
  icon,
  note,
  isDanger = false,
  isDisabled = false,
  onSelect,
  children,
}: {
  readonly icon?: ReactNode;
  /** At its end: a shortcut, a count. */
  readonly note?: ReactNode;
  readonly isDanger?: boolean;
  readonly isDisabled?: boolean;
  readonly onSelect: () => void;
  readonly children: ReactNode;
}): ReactNode {
  return (
    <Base.Item
      className={classNames(styles["item"], isDanger && styles["dangerItem"])}
      disabled={isDisabled}
      onClick={onSelect}
    >
      {icon}
      <span className={styles["itemText"]}>{children}</span>
      {note !== undefined && <span className={styles["itemNote"]}>{note}</span>}
    </Base.Item>
  );
}

/** A line between groups of a {@link Menu}. */
export function MenuSeparator(): ReactNode {
  return <Base.Separator className={styles["separator"]} />;
}

/** Items that belong together, with a name. */
export function MenuGroup({ label, children }: { readonly label: string; readonly children: ReactNode }): ReactNode {
  return (
    <Base.Group>
      <Base.GroupLabel className={styles["groupLabel"]}>{label}</Base.GroupLabel>
      {children}
    </Base.Group>
  );
}
