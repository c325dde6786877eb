import type { EventSummary } from "../../mesh/event-summary.ts";
import type { HttpApi } from "../api/http-api.ts";
import { type ListedEvent, toRow } from "./event-row.ts";
import type { FetchRows, RowPage } from "./event-list.ts";
import type { TimeWindow } from "./search.ts";

export const EVENTS_PATH = "/api/v3/events";

/** Rows of a list that are fetched at once. */
const PAGE = 500;

/** Into how many parts a time is divided: bars of a chart, and where the rows of a list are. */
const BUCKETS = 120;

/** `source`, `type`, `status`, `traceId`: those that are not `undefined` narrow a list. */
export type EventFilter = Readonly<Record<string, string | undefined>>;

/** Asks for one page of events, newest first. */
export async function listEvents(
  api: HttpApi,
  query: Readonly<Record<string, string | number | undefined>>,
  signal?: AbortSignal,
): Promise<{ readonly events: readonly ListedEvent[]; readonly next: string | undefined }> {
  const { value: events, headers } = await api.ask<readonly ListedEvent[]>(EVENTS_PATH, { query, signal });
  return { events, next: nextCursor(headers.get("Link")) };
}

/** Fetches rows of a filtered list. */
export function rowFetcher(api: HttpApi, filter: EventFilter, limit = PAGE): FetchRows {
  return async (window, cursor, signal): Promise<RowPage> => {
    const { events, next } = await listEvents(api, { ...filter, ...isoWindow(window), cursor, limit }, signal);
    return { rows: events.map(toRow), next };
  };
}

/** Asks how events went. */
export function summarizeEvents(
  api: HttpApi,
  { filter, window }: { readonly filter: EventFilter; readonly window: TimeWindow },
  signal?: AbortSignal,
): Promise<EventSummary> {
  const query = { ...filter, ...isoWindow(window), buckets: BUCKETS };
  return api.get<EventSummary>(`${EVENTS_PATH}/summary`, { query, signal });
}

function isoWindow({ since, until }: TimeWindow): { since: string; until: string } {
  return { since: new Date(since).toISOString(), until: new Date(until).toISOString() };
}

/** The cursor in a `Link` header (RFC 8288). */
function nextCursor(link: string | null): string | undefined {
  const path = /^<([^>]*)>; rel="next"$/.exec(link ?? "")?.[1];
  if (path === undefined) return undefined;
  return new URLSearchParams(path.slice(path.indexOf("?"))).get("cursor") ?? undefined;
}
