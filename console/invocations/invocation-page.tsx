import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useProjectApi } from "../api/api-context.tsx";
import { EVENTS_PATH } from "../events/events-api.ts";
import type { ListedEvent } from "../events/event-row.ts";
import { toList } from "../events/list-place.ts";
import { EventStatusMark } from "../events/statuses.tsx";
import { Page } from "../ui/page.tsx";
import { ProblemError } from "../api/problem-error.ts";
import { QueryView } from "../ui/query-view.tsx";
import { EventDetails } from "./event-details.tsx";
import { NoSuchEvent } from "./no-such-event.tsx";
import { EventMenu } from "./event-menu.tsx";
import { InvocationSteps } from "./invocation-steps.tsx";
import { ReplayButton } from "./replay-button.tsx";
import { invocationRoute } from "./routes.ts";
import { CHECKED } from "../events/search.ts";
import { useNeighbours } from "./use-neighbours.ts";
import styles from "./invocation.module.css";

/** How often one that is under way is looked at, in milliseconds. */
const AGAIN_MS = 1000;

/** One call, or another event: what was sent, what came of it, and what belongs to it. */
export function InvocationPage(): ReactNode {
  const { project, id } = invocationRoute.useParams();
  const search = invocationRoute.useSearch(CHECKED);
  const api = useProjectApi(project);
  const query = useQuery({
    queryKey: ["events", project, "one", id],
    queryFn: ({ signal }) => api.get<ListedEvent>(`${EVENTS_PATH}/${encodeURIComponent(id)}`, { signal }),
    refetchInterval: ({ state }) => (state.data?.status === "PENDING" ? AGAIN_MS : false),
  });
  const event = query.data;
  const isMissing = event === undefined && query.error instanceof ProblemError && query.error.status === 404;
  const neighbours = useNeighbours(project, event, search);
  const isCall = event?.invocationId !== undefined || event === undefined;
  const { view: _, ...listSearch } = search;
  // A link to a call alone came from no list of other events.
  const isOfCalls = isCall && (search.type === "FUNCTION_INVOCATION" || Object.keys(search).length === 0);
  return (
    <Page
      title={event?.source ?? (isCall ? "Invocation" : "Event")}
      heading={
        event !== undefined && (
          <>
            <span className={styles["source"]}>{event.source}</span>
            <EventStatusMark status={event.status} />
          </>
        )
      }
      breadcrumbs={[
        {
          id: "list",
          link: isOfCalls ? (
            <Link to="/invocations/$project" params={{ project }} search={listSearch} state={toList}>
              Invocations
            </Link>
          ) : (
            <Link to="/events/$project" params={{ project }} search={listSearch} state={toList}>
              Events
            </Link>
          ),
        },
        { id: "one", link: <span className={styles["id"]}>{id}</span> },
      ]}
      actions={
        event !== undefined && (
          <>
            <InvocationSteps {...{ project, search, neighbours }} />
            {isCall && <ReplayButton {...{ project, event, search }} />}
            <EventMenu {...{ project, event, search }} />
          </>
        )
      }
    >
      {isMissing ? (
        <NoSuchEvent project={project} isOfCalls={isOfCalls} />
      ) : (
        <QueryView query={query} title="The event cannot be shown">
          {(found) => <EventDetails project={project} event={found} search={search} />}
        </QueryView>
      )}
    </Page>
  );
}
