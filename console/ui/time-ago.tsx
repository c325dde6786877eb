import { type ReactNode, useSyncExternalStore } from "react";
import { formatAgo, formatTime } from "./format.ts";

/** One clock for all times of a page. */
const clock = {
  now: Date.now(),
  listeners: new Set<() => void>(),
  timer: undefined as ReturnType<typeof setInterval> | undefined,
};

function subscribe(listener: () => void): () => void {
  clock.listeners.add(listener);
  clock.now = Date.now();
  clock.timer ??= setInterval(() => {
    clock.now = Date.now();
    for (const each of clock.listeners) each();
  }, 1000);
  return () => {
    clock.listeners.delete(listener);
    if (clock.listeners.size > 0) return;
    clearInterval(clock.timer);
    clock.timer = undefined;
  };
}

/** The time, once a second. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => clock.now);
}

/** When something was or will be, from now; the exact time is in its title. */
export function TimeAgo({ time }: { readonly time: string | number | Date }): ReactNode {
  const now = useNow();
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return "–";
  return (
    <time dateTime={date.toISOString()} title={formatTime(date)}>
      {formatAgo(date.getTime(), now)}
    </time>
  );
}
