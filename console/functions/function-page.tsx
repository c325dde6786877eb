import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { StoredFunction } from "../../mesh/function.ts";
import { buttonClass } from "../ui/button.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { Page } from "../ui/page.tsx";
import { QueryView } from "../ui/query-view.tsx";
import { FunctionActions } from "./function-actions.tsx";
import { FunctionFacts, FunctionHeading } from "./function-heading.tsx";
import { FunctionTabs } from "./function-tabs.tsx";
import { functionRoute } from "./routes.ts";
import { useFunction } from "./use-functions.ts";

/** A stored function: how it stands, what can be done next, and a tab for each of its sides. */
export function FunctionPage(): ReactNode {
  const { project, name } = functionRoute.useParams();
  const query = useFunction(project, name);
  const fn = query.data?.fn;
  return (
    <Page
      title={name}
      breadcrumbs={[{ id: "functions", link: <FunctionsLink project={project}>Functions</FunctionsLink> }]}
      {...(fn !== undefined && {
        heading: <FunctionHeading fn={fn} />,
        description: <FunctionFacts fn={fn} />,
        actions: <FunctionActions project={project} fn={fn} />,
      })}
    >
      <QueryView query={query} title={`The function “${name}” cannot be shown`}>
        {(found) => <Found project={project} name={name} fn={found?.fn} />}
      </QueryView>
    </Page>
  );
}

function Found({
  project,
  name,
  fn,
}: {
  readonly project: string;
  readonly name: string;
  readonly fn: StoredFunction | undefined;
}): ReactNode {
  // Of another function nothing is kept.
  if (fn !== undefined) return <FunctionTabs key={fn.id} project={project} fn={fn} />;
  return (
    <EmptyState
      title={`There is no function “${name}”`}
      actions={
        <Link to="/functions/$project" params={{ project }} className={buttonClass({ variant: "primary" })}>
          To the functions
        </Link>
      }
    >
      It may have been deleted, or it belongs to another project.
    </EmptyState>
  );
}

function FunctionsLink({ project, children }: { readonly project: string; readonly children: string }): ReactNode {
  return (
    <Link to="/functions/$project" params={{ project }}>
      {children}
    </Link>
  );
}
