import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { RuledFunction } from "../../api/admin-types.ts";
import { CopyText } from "../../ui/copy.tsx";
import { Facts } from "../../ui/facts.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { meshPath } from "../invoke/call-function.ts";
import type { FunctionTabProps } from "../function-tabs.tsx";

/** Where a function is called through the mesh, and what the rules say of that. */
export function WhoMayCall({
  project,
  fn,
  rule,
  isKnown,
}: FunctionTabProps & { readonly rule: RuledFunction | undefined; readonly isKnown: boolean }): ReactNode {
  const path = meshPath(project, fn.label);
  const words = rule === undefined ? "nobody: no rule says so" : (rule.words ?? "as its rule says");
  return (
    <Facts
      facts={[
        { name: "Service", value: <code>{fn.label}.handler</code> },
        { name: "Path", value: <CopyText text={path}>{path}</CopyText> },
        {
          name: "Callers",
          value: isKnown ? (
            <>
              {words}{" "}
              <Link to="/rules/$project" params={{ project }} search={{ service: fn.label, function: "handler" }}>
                Rules
              </Link>
            </>
          ) : (
            <Skeleton width="10rem" />
          ),
        },
      ]}
    />
  );
}
