import type { TimeWindow } from "./search.ts";

/** A time as an `<input type="datetime-local">` has it: in the zone of whoever looks. */
export function toLocal(ms: number): string {
  const date = new Date(ms);
  const local = new Date(ms - date.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 19);
}

/** RFC 3339 of what such an input holds; `undefined` for what is no time. */
export function fromLocal(text: string): string | undefined {
  const ms = text === "" ? Number.NaN : Date.parse(text);
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString();
}

const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });

/** `21 Nov, 03:22:48 – 03:40:00`. */
export function shortSpan({ since, until }: TimeWindow): string {
  const [from, to] = [new Date(since), new Date(until)];
  const end = day.format(from) === day.format(to) ? clock.format(to) : `${day.format(to)}, ${clock.format(to)}`;
  return `${day.format(from)}, ${clock.format(from)} – ${end}`;
}
