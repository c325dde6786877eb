import { Fragment, type ReactNode } from "react";
import { Dialog } from "../ui/dialog.tsx";
import { Kbd } from "../ui/kbd.tsx";
import { useShortcuts } from "../ui/use-shortcut.ts";
import styles from "./shortcut-list.module.css";

/** Every key that does something on this page. */
export function ShortcutList({ onClose }: { readonly onClose: () => void }): ReactNode {
  const all = useShortcuts().filter(({ description }) => description !== undefined);
  const byKeys = new Map(all.map((shortcut) => [shortcut.keys, shortcut]));
  return (
    <Dialog isOpen onClose={onClose} title="Keyboard shortcuts">
      <dl className={styles["list"]}>
        {[...byKeys.values()].map(({ keys, description }) => (
          <Fragment key={keys}>
            <dt>{description}</dt>
            <dd>
              <Kbd keys={keys} />
            </dd>
          </Fragment>
        ))}
      </dl>
    </Dialog>
  );
}
