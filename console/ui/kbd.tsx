import type { ReactNode } from "react";
import styles from "./kbd.module.css";

const isApple = /Mac|iPhone|iPad/.test(navigator.platform);
const NAMES: Readonly<Record<string, string>> = { mod: isApple ? "⌘" : "Ctrl", enter: "↵", escape: "Esc" };

/** Keys to press, one after the other or together: `mod k`, `g m`. */
export function Kbd({ keys }: { readonly keys: string }): ReactNode {
  return (
    <span className={styles["keys"]}>
      {keys.split(" ").map((key) => (
        <kbd key={key} className={styles["key"]}>
          {NAMES[key] ?? key}
        </kbd>
      ))}
    </span>
  );
}
