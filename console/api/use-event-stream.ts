import { useCallback, useEffect, useEffectEvent, useState } from "react";
import { type StreamEvent, type StreamStatus, openEventStream } from "./event-stream.ts";
import type { HttpApi, QueryValue } from "./http-api.ts";

/** What a component wants of a stream. */
export interface UseEventStreamOptions {
  /** May be another function at each rendering; the stream stays. */
  readonly onEvent: (event: StreamEvent) => void;
  readonly isLast?: (event: StreamEvent) => boolean;
  readonly query?: Readonly<Record<string, QueryValue>>;
}

/** A stream as a component sees it. */
export interface UsedEventStream {
  readonly status: StreamStatus;
  /** Connects at once, from the beginning. */
  readonly restart: () => void;
}

/**
 * Follows server-sent events while the component is shown.
 *
 * @param path `undefined` to follow nothing for now.
 */
export function useEventStream(
  api: HttpApi,
  path: string | undefined,
  options: UseEventStreamOptions,
): UsedEventStream {
  const [status, setStatus] = useState<StreamStatus>({ state: "connecting" });
  const [attempt, setAttempt] = useState(0);
  const onEvent = useEffectEvent(options.onEvent);
  const isLast = useEffectEvent((event: StreamEvent) => options.isLast?.(event) === true);
  const query = JSON.stringify(options.query ?? {});

  useEffect(() => {
    if (path === undefined) return;
    const stream = openEventStream({
      onEvent: (event) => onEvent(event),
      isLast: (event) => isLast(event),
      onStatus: setStatus,
      connect: (lastEventId, signal) =>
        api.send(path, {
          signal,
          query: JSON.parse(query) as Record<string, QueryValue>,
          headers: {
            Accept: "text/event-stream",
            ...(lastEventId !== undefined && { "Last-Event-ID": lastEventId }),
          },
        }),
    });
    return stream.close;
  }, [api, path, query, attempt]);

  return { status, restart: useCallback(() => setAttempt((before) => before + 1), []) };
}
