import { Check, Minus, X } from "lucide-react";
import type { ReactNode } from "react";
import { clauseWords } from "./clause-words.ts";
import type { Explanation } from "./use-verdict.ts";
import styles from "./verdict.module.css";

const ICONS = { passed: Check, refused: X, "not evaluated": Minus };

/** How each rule in a rule ended, with the one that settled it marked. */
export function ExplanationTree({
  explanation,
  decidedPath,
}: {
  readonly explanation: Explanation;
  readonly decidedPath: string | undefined;
}): ReactNode {
  return (
    <ul className={styles["tree"]} aria-label="How each part of the rule ended">
      <Branch explanation={explanation} decidedPath={decidedPath} />
    </ul>
  );
}

function Branch({ explanation, decidedPath }: Parameters<typeof ExplanationTree>[0]): ReactNode {
  const { rule, path, outcome, because, clauses } = explanation;
  const Icon = ICONS[outcome];
  const isDeciding = path === decidedPath;
  return (
    <li>
      <div
        className={styles["branch"]}
        data-outcome={outcome}
        data-decides={isDeciding || undefined}
        {...(isDeciding && { "aria-current": true })}
      >
        <Icon aria-label={outcome} />
        <div>
          <code>{clauseWords(rule)}</code>
          <p>
            {because}
            {isDeciding && <strong className={styles["decides"]}> · this decides</strong>}
          </p>
        </div>
      </div>
      {clauses !== undefined && clauses.length > 0 && (
        <ul>
          {clauses.map((clause) => (
            <Branch key={clause.path} explanation={clause} decidedPath={decidedPath} />
          ))}
        </ul>
      )}
    </li>
  );
}
