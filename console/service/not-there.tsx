import { Link } from "@tanstack/react-router";
import { Unplug } from "lucide-react";
import type { ReactNode } from "react";
import { UnservedAdvice } from "../mesh/unserved-list.tsx";
import type { Unserved } from "../mesh/unserved.ts";
import { buttonClass } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { EmptyState } from "../ui/empty-state.tsx";

/** A service of which nobody is there: what would bring it back. */
export function NotThere({ service, isRuled }: { readonly service: Unserved; readonly isRuled: boolean }): ReactNode {
  const { project, name, functions } = service;
  return (
    <Card>
      <EmptyState
        icon={<Unplug aria-hidden="true" />}
        title={`Nobody serves “${name}” now`}
        actions={
          <Link to="/rules/$project" params={{ project }} className={buttonClass()}>
            {isRuled ? "See its rules" : "Write a rule for it"}
          </Link>
        }
      >
        <UnservedAdvice service={service} />
        <p>
          {isRuled
            ? `The rules of “${project}” name it${functions.length === 0 ? "" : `: ${functions.map((each) => each.name).join(", ")}`}.`
            : `No rule of “${project}” names it, either.`}{" "}
          This page shows it as soon as it is there.
        </p>
      </EmptyState>
    </Card>
  );
}
