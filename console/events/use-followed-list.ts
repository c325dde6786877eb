import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import type { StreamStatus } from "../api/event-stream.ts";
import type { EventRow } from "./event-row.ts";
import { usePlaceInList } from "./list-place.ts";
import { MOST_TOLD, type Told, addedSince, withChanges } from "./live-events.ts";
import { type EventsSearch, filterOf, windowOf } from "./search.ts";
import { type UsedEventList, useEventList } from "./use-event-list.ts";
import { useLiveEvents } from "./use-live-events.ts";

/** How often a list that is followed is counted anew: its charts go on with the time. */
const AGAIN_MS = 15_000;

/** A list that may go on with what happens. */
export interface FollowedList extends UsedEventList {
  /** How far down it begins, in pixels: where somebody was before they left. */
  readonly startAt: number;
  /** Whether it can: what ends in the past does not. */
  readonly isFollowing: boolean;
  readonly isPaused: boolean;
  readonly setPaused: (isPaused: boolean) => void;
  /** Somebody looks at rows further down, which must not move. */
  readonly setAway: (isAway: boolean) => void;
  /** How many have come that are not shown. */
  readonly missed: number;
  readonly stream: StreamStatus;
  /** Asks for all of it again. */
  readonly reload: () => void;
}

/**
 * Events of a search, with those that come as long as nobody minds.
 * @param name of the list on its page
 */
export function useFollowedList(project: string, search: EventsSearch, name: string): FollowedList {
  const startAt = usePlaceInList(name, search);
  const [now, setNow] = useUntil(project, search, startAt > 0);
  const [isPaused, setPaused] = useState(false);
  const [isAway, setAway] = useState(startAt > 0);
  const [held, setHeld] = useState<Told>();
  const isFollowing = search.until === undefined;
  const filter = useMemo(() => filterOf(search), [search]);
  const window = useMemo(() => windowOf(search, now), [search, now]);
  const list = useEventList(project, filter, window);
  const { told, status: stream } = useLiveEvents(project, {
    ...{ filter, since: list.until, isOn: isFollowing },
    onGap: () => setNow(Date.now()),
  });

  const isHeld = isPaused || isAway;
  const shown = isHeld ? (held ?? told) : told;
  if (isHeld && held === undefined) setHeld(told);
  if (!isHeld && held !== undefined) setHeld(undefined);

  const { status } = search;
  const added = useMemo(() => addedSince(shown, list.until, status), [shown, list.until, status]);
  const all = useMemo(
    () => (isHeld ? addedSince(told, list.until, status).length : added.length),
    [isHeld, told, list.until, status, added],
  );
  const rows = useMemo(() => {
    const known = list.rows === undefined ? undefined : withChanges(list.rows, shown);
    return known === undefined || added.length === 0 ? known : [...added, ...known];
  }, [list.rows, shown, added]);

  const isCounting = list.summary.isFetching;
  const isFull = told.size >= MOST_TOLD;
  useEffect(() => {
    if (!isFollowing || isHeld || isCounting) return;
    const again = (): void => {
      if (document.visibilityState === "visible") setNow(Date.now());
    };
    const timer = setTimeout(again, isFull ? 1000 : AGAIN_MS);
    return () => clearTimeout(timer);
  }, [isFollowing, isHeld, isCounting, isFull, now, setNow]);

  return {
    ...list,
    ...{ rows: rows satisfies readonly (EventRow | undefined)[] | undefined },
    ...{ startAt, isFollowing, isPaused, setPaused, setAway, stream, missed: Math.max(0, all - added.length) },
    want: (first, last) => list.want(Math.max(0, first - added.length), last - added.length),
    reload: () => {
      setNow(Date.now());
      list.retry();
    },
  };
}

/** Up to when a list is; one that is come back to is as it was left, and what came since waits above it. */
function useUntil(project: string, search: EventsSearch, isBack: boolean): [number, (now: number) => void] {
  const cache = useQueryClient();
  const key = useMemo(() => ["events", project, "until", search], [project, search]);
  const [now, setNow] = useState(() => (isBack ? cache.getQueryData<number>(key) : undefined) ?? Date.now());
  useEffect(
    () => () => {
      cache.setQueryData<number>(key, now);
    },
    [cache, key, now],
  );
  return [now, setNow];
}
