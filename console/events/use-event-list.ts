import { type UseQueryResult, keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useState, useSyncExternalStore } from "react";
import type { EventSummary } from "../../mesh/event-summary.ts";
import { useProjectApi } from "../api/api-context.tsx";
import { EventList, type ListState } from "./event-list.ts";
import type { EventRow } from "./event-row.ts";
import { type EventFilter, rowFetcher, summarizeEvents } from "./events-api.ts";
import type { TimeWindow } from "./search.ts";
import { slicesOf } from "./slices.ts";

/** How many rows there are before it is known how many there are. */
const FIRST_ROWS = 100;

/** A list of events as a page uses it. */
export interface UsedEventList {
  /** How they went; those of another time or filter while these are on their way. */
  readonly summary: UseQueryResult<EventSummary>;
  /** `undefined` while nothing has come. */
  readonly rows: readonly (EventRow | undefined)[] | undefined;
  /** Why rows could not be fetched. */
  readonly error: unknown;
  /** Up to when events are in the list. */
  readonly until: number;
  /** All rows have their places. Before that, `rows` are the first of them. */
  readonly isCounted: boolean;
  /** The rows are still those of another filter. */
  readonly isStale: boolean;
  readonly want: (first: number, last: number) => void;
  readonly retry: () => void;
}

const EMPTY: ListState = { rows: [], error: undefined };
const NOT_LISTENING = (): (() => void) => () => undefined;

/** The events of some time, of which what is looked at is fetched. */
export function useEventList(project: string, filter: EventFilter, window: TimeWindow): UsedEventList {
  const api = useProjectApi(project);
  const filterKey = JSON.stringify(filter);
  const key = JSON.stringify([filterKey, window]);
  const head = useQuery({
    queryKey: ["events", project, "head", key],
    queryFn: ({ signal }) => rowFetcher(api, filter, FIRST_ROWS)(window, undefined, signal),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
  });
  const summary = useQuery({
    queryKey: ["events", project, "summary", key],
    queryFn: ({ signal }) => summarizeEvents(api, { filter, window }, signal),
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
  });

  const [list, setList] = useState<{ readonly filter: string; readonly until: number; readonly list: EventList }>();
  const counted = summary.isPlaceholderData ? undefined : summary.data;
  const known = head.data?.rows;
  useEffect(() => {
    if (counted === undefined) return;
    const made = new EventList(slicesOf(counted), rowFetcher(api, JSON.parse(filterKey) as EventFilter), known);
    setList({ filter: filterKey, until: Date.parse(counted.until), list: made });
    made.want(0, FIRST_ROWS - 1);
    return () => made.close();
    // What comes first is only there to be seen earlier.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [api, counted, key, filterKey]);

  const shown = list?.list;
  const state = useSyncExternalStore(shown?.subscribe ?? NOT_LISTENING, () => shown?.getState() ?? EMPTY);
  // A list of the same, but of a moment ago, is better than the beginning of the new one.
  const isFitting = list?.filter === filterKey;
  const rows = isFitting ? state.rows : (known ?? (shown === undefined ? undefined : state.rows));
  return {
    ...{ summary, rows, until: isFitting ? list.until : window.until, isStale: !isFitting && known === undefined },
    isCounted: isFitting,
    error: head.error ?? summary.error ?? state.error,
    want: (first, last) => shown?.want(first, last),
    retry: () => {
      if (head.isError) void head.refetch();
      if (summary.isError) void summary.refetch();
      shown?.retry();
    },
  };
}
