import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useProjectApi } from "../api/api-context.tsx";
import type { ListedEvent } from "../events/event-row.ts";
import { rowFetcher } from "../events/events-api.ts";
import { withinList } from "../events/list-place.ts";
import { type EventsSearch, filterOf, windowOf } from "../events/search.ts";
import { useShortcut } from "../ui/use-shortcut.ts";
import { type Neighbours, findNeighbours } from "./neighbours.ts";

/** What stands beside an event in the list that it was opened from; `j` and `k` go there. */
export function useNeighbours(project: string, event: ListedEvent | undefined, search: EventsSearch): Neighbours {
  const api = useProjectApi(project);
  const navigate = useNavigate();
  const { data } = useQuery({
    queryKey: ["events", project, "beside", event?.id, search],
    enabled: event !== undefined,
    queryFn: ({ signal }) =>
      findNeighbours(
        { id: event?.id ?? "", at: Date.parse(event?.timestamp ?? "") },
        { fetch: rowFetcher(api, filterOf(search), 100), window: windowOf(search, Date.now()), signal },
      ),
  });
  const { newer, older } = data ?? { newer: undefined, older: undefined };
  const go = (id: string | undefined): void => {
    if (id === undefined) return;
    void navigate({ to: "/invocations/$project/$id", params: { project, id }, search, state: withinList });
  };
  useShortcut("j", () => go(older?.id), { description: "The one before it in time", isOn: older !== undefined });
  useShortcut("k", () => go(newer?.id), { description: "The one after it in time", isOn: newer !== undefined });
  return { newer, older };
}
