import { type ReactNode, useMemo } from "react";
import { classNames } from "./class-names.ts";
import styles from "./code-block.module.css";
import { CopyButton } from "./copy.tsx";
import { type CodeLanguage, highlight } from "./highlight.ts";

/** Code to be read and copied. To write some, see `CodeEditor`. */
export function CodeBlock({
  code,
  language = "text",
  title,
  isWrapped = false,
}: {
  readonly code: string;
  readonly language?: CodeLanguage;
  readonly title?: string;
  readonly isWrapped?: boolean;
}): ReactNode {
  const pieces = useMemo(() => {
    const found = highlight(code, language);
    return found.map((piece, index) => ({ ...piece, id: `${index} ${piece.kind}` }));
  }, [code, language]);
  return (
    <div className={styles["block"]}>
      {title !== undefined && (
        <div className={styles["head"]}>
          {title}
          <CopyButton text={code} label={`Copy ${title}`} />
        </div>
      )}
      {/* What scrolls has to be reached by the keyboard. */}
      <pre
        className={classNames(styles["code"], isWrapped && styles["wraps"])}
        tabIndex={0}
        role="region"
        aria-label={title ?? "Code"}
      >
        <code>
          {pieces.map(({ id, kind, text }) =>
            kind === "plain" ? (
              text
            ) : (
              <span key={id} className={styles[kind]}>
                {text}
              </span>
            ),
          )}
        </code>
      </pre>
      {title === undefined && (
        <div className={styles["corner"]}>
          <CopyButton text={code} />
        </div>
      )}
    </div>
  );
}

/** Any value, as JSON. */
export function JsonBlock({ value, title }: { readonly value: unknown; readonly title?: string }): ReactNode {
  const code = JSON.stringify(value, null, 2) ?? "undefined";
  return <CodeBlock code={code} language="json" {...(title !== undefined && { title })} />;
}
