import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { QueryView } from "../ui/query-view.tsx";
import { SkeletonLines } from "../ui/skeleton.tsx";
import { Status } from "../ui/badge.tsx";
import { entryTitle } from "./entry-words.ts";
import { ExplanationTree } from "./explanation-tree.tsx";
import { type Entry, entryKey } from "./services.ts";
import type { Verdict } from "./use-verdict.ts";
import styles from "./verdict.module.css";

const OUTCOMES = {
  allow: { tone: "good", words: "Allowed" },
  deny: { tone: "bad", words: "Refused: 403" },
  unauthenticated: { tone: "warning", words: "Refused: 401" },
} as const;

/** Whether a call is let through by one version of the rule, and why. */
export function VerdictView({
  title,
  entry,
  query,
}: {
  readonly title: string;
  readonly entry: Entry;
  readonly query: UseQueryResult<Verdict>;
}): ReactNode {
  return (
    <section className={styles["verdict"]} aria-label={title}>
      <h3 className={styles["title"]}>{title}</h3>
      <QueryView query={query} title="This rule cannot be tried" loading={<SkeletonLines count={3} />}>
        {({ outcome, because, explanation, decidedBy, ruleOf }) => (
          <div className={styles["answer"]} aria-live="polite">
            <Status tone={OUTCOMES[outcome].tone}>{OUTCOMES[outcome].words}</Status>
            {explanation === undefined ? (
              <p className={styles["because"]}>{because}</p>
            ) : (
              <ExplanationTree explanation={explanation} decidedPath={decidedBy?.path} />
            )}
            {ruleOf !== undefined && entryKey(ruleOf) !== entryKey(entry) && (
              <p className={styles["whose"]}>By the rule of {entryTitle(ruleOf)}</p>
            )}
          </div>
        )}
      </QueryView>
    </section>
  );
}
