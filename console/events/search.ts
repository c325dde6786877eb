/** How an event stands. */
export const STATUSES = ["PENDING", "SUCCESS", "FAILURE"] as const;
export type Status = (typeof STATUSES)[number];

/** How far back a list goes from now, in milliseconds. */
export const RANGES = {
  "15m": 15 * 60_000,
  "1h": 3_600_000,
  "6h": 6 * 3_600_000,
  "24h": 24 * 3_600_000,
  "7d": 7 * 24 * 3_600_000,
  "30d": 30 * 24 * 3_600_000,
} as const;
export type Range = keyof typeof RANGES;

/** What is shown when an address says nothing else. */
export const USUAL_RANGE: Range = "1h";

/** What events are asked for, as it stands in the address. */
export interface EventsSearch {
  readonly source?: string;
  readonly type?: string;
  readonly status?: Status;
  readonly traceId?: string;
  readonly range?: Range;
  /** Exact times, RFC 3339; they go before the range. */
  readonly since?: string;
  readonly until?: string;
  /** Sources instead of events. */
  readonly view?: "sources";
}

/** What becomes different in a search; what is `undefined` goes out of it. */
export type SearchChange = { readonly [Name in keyof EventsSearch]?: EventsSearch[Name] | undefined };

/** A search after a change. */
export function changed(search: EventsSearch, change: SearchChange): EventsSearch {
  return parseEventsSearch({ ...search, ...change });
}

/** Reads a search; what makes no sense is left out. */
export function parseEventsSearch(search: Readonly<Record<string, unknown>>): EventsSearch {
  const { source, type, status, traceId, range, since, until, view } = search;
  return {
    ...(isText(source) && { source }),
    ...(isText(type) && /^[A-Z][A-Z0-9_]{0,63}$/.test(type) && { type }),
    ...(isOneOf(STATUSES, status) && { status }),
    ...(isText(traceId) && { traceId }),
    ...(isOneOf(Object.keys(RANGES) as Range[], range) && range !== USUAL_RANGE && { range }),
    ...(isTime(since) && { since }),
    ...(isTime(until) && { until }),
    ...(view === "sources" && { view }),
  };
}

/** Takes what is wrong out of the search of a route: what is above the route has let it through. The same object as long as it says the same. */
export const CHECKED = { select: parseEventsSearch, structuralSharing: true } as const;

/** Whether anything narrows the list, but for the time. */
export function hasFilter({ source, type, status, traceId }: EventsSearch): boolean {
  return [source, type, status, traceId].some((each) => each !== undefined);
}

/** A part of the time: milliseconds since 1970. */
export interface TimeWindow {
  readonly since: number;
  readonly until: number;
}

/** The time that a search is about. One without an end of its own ends now. */
export function windowOf({ range = USUAL_RANGE, since, until }: EventsSearch, now: number): TimeWindow {
  const end = until === undefined ? now : Date.parse(until);
  const start = since === undefined ? end - RANGES[range] : Date.parse(since);
  return { since: Math.min(start, end - 1), until: end };
}

/** The filter as the API takes it. */
export function filterOf({
  source,
  type,
  status,
  traceId,
}: EventsSearch): Readonly<Record<string, string | undefined>> {
  return { source, type, status, traceId };
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

function isTime(value: unknown): value is string {
  return isText(value) && !Number.isNaN(Date.parse(value));
}

function isOneOf<Value extends string>(values: readonly Value[], value: unknown): value is Value {
  return values.some((each) => each === value);
}
