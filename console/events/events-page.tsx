import type { ReactNode } from "react";
import { EventsView } from "./events-view.tsx";
import { eventsRoute } from "./routes.ts";
import { CHECKED } from "./search.ts";

/** All events of a project: invocations, and those of clients. */
export function EventsPage(): ReactNode {
  const { project } = eventsRoute.useParams();
  const search = eventsRoute.useSearch(CHECKED);
  const navigate = eventsRoute.useNavigate();
  return (
    <EventsView
      project={project}
      search={search}
      title="Events"
      description="Everything that was recorded: invocations, and what clients told."
      onSearch={(next) => void navigate({ search: next })}
    />
  );
}
