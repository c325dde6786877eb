import type { ListedEvent } from "../events/event-row.ts";
import type { EventsSearch } from "../events/search.ts";

/** What the parts of an event's page are about. */
export interface EventProps {
  readonly project: string;
  readonly event: ListedEvent;
  /** The filter it was found by: what is newer and older is within that. */
  readonly search: EventsSearch;
}
