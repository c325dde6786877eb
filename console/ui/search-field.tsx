import { Search } from "lucide-react";
import { type ReactNode, useRef } from "react";
import { useShortcut } from "./use-shortcut.ts";
import { classNames } from "./class-names.ts";
import styles from "./field.module.css";
import { Kbd } from "./kbd.tsx";

/** What a page is searched with. The key `/` brings the focus to it, Escape empties it. */
export function SearchField({
  value,
  onChange,
  label = "Search",
  placeholder = label,
  className,
}: {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly label?: string;
  readonly placeholder?: string;
  readonly className?: string | undefined;
}): ReactNode {
  const input = useRef<HTMLInputElement>(null);
  useShortcut("/", () => input.current?.focus(), { description: label });
  return (
    <div className={classNames(styles["search"], className)}>
      <Search aria-hidden="true" />
      <input
        ref={input}
        type="search"
        className={styles["input"]}
        aria-label={label}
        placeholder={placeholder}
        value={value}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== "Escape") return;
          if (value === "") event.currentTarget.blur();
          else onChange("");
        }}
      />
      {value === "" && <Kbd keys="/" />}
    </div>
  );
}
