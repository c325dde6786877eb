import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useSession } from "../../session/session-context.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { Page } from "../../ui/page.tsx";
import { functionsRoute } from "../routes.ts";
import { CreateForm } from "./create-form.tsx";
import { templateOf } from "./templates.ts";

/** Makes a function of a template; the editor is next. */
export function CreatePage(): ReactNode {
  const { project } = functionsRoute.useParams();
  const { create = "" } = functionsRoute.useSearch();
  const { can } = useSession();
  const back = (
    <Link to="/functions/$project" params={{ project }}>
      Functions
    </Link>
  );
  return (
    <Page
      title="New function"
      description="Begin with something that works. The code comes next; nothing runs before it is deployed."
      breadcrumbs={[{ id: "functions", link: back }]}
    >
      {can("change") ? (
        <CreateForm project={project} template={templateOf(create)} />
      ) : (
        <EmptyState title="Creating functions is for administrators">
          You are signed in as a viewer: you may look at everything.
        </EmptyState>
      )}
    </Page>
  );
}
