import { Link } from "@tanstack/react-router";
import { Moon } from "lucide-react";
import type { ReactNode } from "react";
import { type Asleep, STORED_FUNCTION } from "../mesh/asleep.ts";
import { buttonClass } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { EmptyState } from "../ui/empty-state.tsx";

/** A stored function that is deployed and has no instance now: nobody has to do anything. */
export function AsleepNotice({ fn, isRuled }: { readonly fn: Asleep; readonly isRuled: boolean }): ReactNode {
  const { project, name, state } = fn;
  return (
    <Card>
      <EmptyState
        icon={<Moon aria-hidden="true" />}
        title={state === "ready" ? `“${name}” is asleep, and starts with a call` : `No instance of “${name}” runs`}
        actions={
          <>
            <Link to="/functions/$project/$name" params={{ project, name }} className={buttonClass()}>
              Open the function
            </Link>
            <Link
              to="/rules/$project"
              params={{ project }}
              search={{ service: name, function: STORED_FUNCTION }}
              className={buttonClass()}
            >
              {isRuled ? "See its rule" : "Write a rule for it"}
            </Link>
          </>
        }
      >
        It is a stored function that is deployed. This page shows how it does as soon as an instance runs.
      </EmptyState>
    </Card>
  );
}
