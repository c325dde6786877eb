import { type EventRow, type ListedEvent, toRow } from "./event-row.ts";
import type { Status } from "./search.ts";

/** What was told of events since somebody listens, by id: how each of them stands by now. */
export type Told = ReadonlyMap<string, EventRow>;

export const NOTHING_TOLD: Told = new Map();

/** Rows that are told of; the oldest are forgotten beyond that, and the list is better made anew. */
export const MOST_TOLD = 2000;

/** What is known when some more was told, in order. */
export function withTold(told: Told, more: readonly ListedEvent[]): Told {
  const rows = new Map(told);
  for (const row of more.map(toRow)) {
    const before = rows.get(row.id);
    // The beginning may be told again when a stream is taken up again.
    if (before !== undefined && before.status !== "PENDING" && row.status === "PENDING") continue;
    rows.delete(row.id);
    rows.set(row.id, row);
  }
  return rows.size <= MOST_TOLD ? rows : new Map([...rows].slice(-MOST_TOLD));
}

/** Those that began since a list was made, newest first. */
export function addedSince(told: Told, since: number, status: Status | undefined): readonly EventRow[] {
  const added = [...told.values()].filter((row) => row.at >= since && (status === undefined || row.status === status));
  return added.toSorted((one, other) => other.at - one.at || (one.id < other.id ? 1 : -1));
}

/** Rows with what has become of them. */
export function withChanges(rows: readonly (EventRow | undefined)[], told: Told): readonly (EventRow | undefined)[] {
  if (told.size === 0) return rows;
  return rows.map((row) => (row?.status === "PENDING" ? (told.get(row.id) ?? row) : row));
}
