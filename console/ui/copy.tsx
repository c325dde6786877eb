import { Check, Copy } from "lucide-react";
import type { ReactNode } from "react";
import { IconButton } from "./button.tsx";
import styles from "./copy.module.css";
import { useCopy } from "./use-copy.ts";

/** Copies a text that stands beside it. */
export function CopyButton({ text, label = "Copy" }: { readonly text: string; readonly label?: string }): ReactNode {
  const { hasCopied, copy } = useCopy();
  return (
    <IconButton
      size="small"
      label={hasCopied ? "Copied" : label}
      icon={hasCopied ? <Check aria-hidden="true" /> : <Copy aria-hidden="true" />}
      onClick={() => copy(text)}
    />
  );
}

/** A short text, such as an id, that is copied when pressed. */
export function CopyText({
  text,
  children,
}: {
  readonly text: string;
  /** What is shown instead of all of it. */
  readonly children?: ReactNode;
}): ReactNode {
  const { hasCopied, copy } = useCopy();
  return (
    <button type="button" className={styles["copy"]} title={`Copy ${text}`} onClick={() => copy(text)}>
      {children ?? text}
      {hasCopied ? <Check role="img" aria-label="Copied" /> : <Copy aria-hidden="true" />}
    </button>
  );
}
