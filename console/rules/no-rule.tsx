import type { ReactNode } from "react";
import type { Rule } from "../../mesh/rule.ts";
import type { RuledServices } from "../api/admin-types.ts";
import { Button } from "../ui/button.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { entryTitle } from "./entry-words.ts";
import { type Entry, inherited } from "./services.ts";

/** Says what counts for an entry without a rule of its own, and gives it one. */
export function NoRule({
  entry,
  services,
  canChange,
  onRule,
}: {
  readonly entry: Entry;
  readonly services: RuledServices;
  readonly canChange: boolean;
  readonly onRule: (rule: Rule) => void;
}): ReactNode {
  const other = inherited(services, entry);
  return (
    <EmptyState
      title={other === undefined ? "Nobody may call it" : `What counts is the rule of “${entryTitle(other)}”`}
      actions={
        canChange && (
          <>
            <Button onClick={() => onRule({ rule: "authenticated" })}>Everybody with a token</Button>
            <Button
              onClick={() => onRule({ rule: "match", type: "string", eval: "==", f1: "args.auth.role", f2: "admin" })}
            >
              Only some callers
            </Button>
            <Button onClick={() => onRule({ rule: "deny" })}>Nobody</Button>
          </>
        )
      }
    >
      {canChange ? "Start a rule of its own:" : "Only administrators give it a rule of its own."}
    </EmptyState>
  );
}
