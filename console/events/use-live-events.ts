import { useCallback, useEffect, useEffectEvent, useRef, useState } from "react";
import { useProjectApi } from "../api/api-context.tsx";
import type { StreamEvent, StreamStatus } from "../api/event-stream.ts";
import { useEventStream } from "../api/use-event-stream.ts";
import type { ListedEvent } from "./event-row.ts";
import { type EventFilter, EVENTS_PATH, listEvents } from "./events-api.ts";
import { NOTHING_TOLD, type Told, withTold } from "./live-events.ts";

/** What comes within this time is shown together. */
const TOGETHER_MS = 250;

/** What may have happened while nobody listened, before the list was made and the stream stood. */
const OVERLAP_MS = 30_000;
const OVERLAP_ROWS = 200;

/** Follows what happens to events. Nothing is told of those that another filter was for. */
export function useLiveEvents(
  project: string,
  {
    filter,
    since,
    isOn,
    onGap,
  }: {
    readonly filter: EventFilter;
    readonly since: number;
    readonly isOn: boolean;
    /** Something happened that nobody tells any more. */
    readonly onGap: () => void;
  },
): { readonly told: Told; readonly status: StreamStatus; readonly restart: () => void } {
  const api = useProjectApi(project);
  const { status: _, ...narrowing } = filter;
  const key = JSON.stringify(narrowing);
  const [state, setState] = useState({ key, told: NOTHING_TOLD });
  const waiting = useRef<ListedEvent[]>([]);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  const flush = useCallback((): void => {
    timer.current = undefined;
    const more = waiting.current.splice(0);
    setState((before) => ({ key, told: withTold(before.key === key ? before.told : NOTHING_TOLD, more) }));
  }, [key]);
  const tell = useCallback(
    (events: readonly ListedEvent[]): void => {
      waiting.current.push(...events);
      timer.current ??= setTimeout(flush, TOGETHER_MS);
    },
    [flush],
  );
  useEffect(
    () => () => {
      clearTimeout(timer.current);
      timer.current = undefined;
      waiting.current = [];
    },
    [flush],
  );

  const onEvent = ({ event, data }: StreamEvent): void => {
    if (event === "gap") return onGap();
    tell([(JSON.parse(data) as { data: ListedEvent }).data]);
  };
  const { status, restart } = useEventStream(api, isOn ? EVENTS_PATH : undefined, { onEvent, query: narrowing });

  const begin = useEffectEvent(() => since - OVERLAP_MS);
  const isOpen = status.state === "open";
  useEffect(() => {
    if (!isOpen || !isOn) return;
    const giveUp = new AbortController();
    const query = { ...(JSON.parse(key) as EventFilter), since: new Date(begin()).toISOString(), limit: OVERLAP_ROWS };
    listEvents(api, query, giveUp.signal).then(
      ({ events }) => tell(events.toReversed()),
      // What the stream tells is all the same; the list says what is wrong with the API.
      () => undefined,
    );
    return () => giveUp.abort();
  }, [api, isOn, isOpen, key, tell]);

  return { told: state.key === key ? state.told : NOTHING_TOLD, status, restart };
}
