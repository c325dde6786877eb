import type { ReactNode } from "react";
import { EventsView } from "../events/events-view.tsx";
import { invocationsRoute } from "./routes.ts";
import { CHECKED } from "../events/search.ts";

/** Calls of a project's functions that were recorded. */
export function InvocationsPage(): ReactNode {
  const { project } = invocationsRoute.useParams();
  const search = invocationsRoute.useSearch(CHECKED);
  const navigate = invocationsRoute.useNavigate();
  return (
    <EventsView
      project={project}
      search={search}
      title="Invocations"
      description="Calls that were recorded: how often, how long, and what went wrong."
      type="FUNCTION_INVOCATION"
      onSearch={(next) => void navigate({ search: next })}
    />
  );
}
