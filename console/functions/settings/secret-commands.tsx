import type { ReactNode } from "react";
import { CodeBlock } from "../../ui/code-block.tsx";
import type { Pair } from "./settings-draft.ts";
import styles from "./settings.module.css";

/** How the secrets that are named get their values. */
export function SecretCommands({ secrets }: { readonly secrets: readonly Pair[] }): ReactNode {
  const references = [...new Set(secrets.map(({ value }) => value).filter((value) => value.includes("/")))];
  if (references.length === 0) return null;
  return (
    <>
      <p className={styles["soft"]}>
        Their values are given where the functions run; the command asks for them. In a cluster they are Secrets of the
        namespace.
      </p>
      <CodeBlock
        title="Set their values"
        language="shell"
        code={references.map((reference) => `fmesh secrets set ${reference}`).join("\n")}
      />
    </>
  );
}
