import { Link } from "@tanstack/react-router";
import { SearchX } from "lucide-react";
import type { ReactNode } from "react";
import { buttonClass } from "../ui/button.tsx";
import { EmptyState } from "../ui/empty-state.tsx";

/** Nothing is on record by the id of the address. */
export function NoSuchEvent({
  project,
  isOfCalls,
}: {
  readonly project: string;
  readonly isOfCalls: boolean;
}): ReactNode {
  return (
    <EmptyState
      icon={<SearchX aria-hidden="true" />}
      title={isOfCalls ? "There is no such invocation" : "There is no such event"}
      actions={
        <Link
          to={isOfCalls ? "/invocations/$project" : "/events/$project"}
          params={{ project }}
          className={buttonClass({ variant: "primary" })}
        >
          {isOfCalls ? "To the invocations" : "To the events"}
        </Link>
      }
    >
      Its record may be older than records are kept, or it belongs to another project.
    </EmptyState>
  );
}
