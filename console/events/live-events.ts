import { type EventRow, type ListedEvent, toRow } from "./event-row.ts";
import type { EventsSearch } from "./search.ts";

/** Rows that have come since a list was made; more make the list anew. */
export const MOST_NEW = 2000;

/** What has happened to events since a list was made. */
export interface LiveState {
  /** Events that began since, newest first. */
  readonly added: readonly EventRow[];
  /** Events that ended since, by id. */
  readonly changed: ReadonlyMap<string, EventRow>;
}

export const NOTHING_NEW: LiveState = { added: [], changed: new Map() };

/**
 * What becomes of a state when some changes are told, in order.
 * @param since events that began before are in the list already.
 */
export function afterChanges(
  { added, changed }: LiveState,
  told: readonly ListedEvent[],
  { since, status }: { readonly since: number; readonly status?: EventsSearch["status"] | undefined },
): LiveState {
  const rows = new Map(added.toReversed().map((row) => [row.id, row]));
  const ends = new Map(changed);
  for (const row of told.map(toRow)) {
    if (row.at >= since) rows.set(row.id, { ...rows.get(row.id), ...row });
    else ends.set(row.id, row);
  }
  const fitting = [...rows.values()].filter((row) => status === undefined || row.status === status);
  return { added: fitting.toSorted((one, other) => other.at - one.at), changed: ends };
}

/** Rows with what has become of them. */
export function withChanges(
  rows: readonly (EventRow | undefined)[],
  changed: LiveState["changed"],
): readonly (EventRow | undefined)[] {
  if (changed.size === 0) return rows;
  return rows.map((row) => (row?.status === "PENDING" ? (changed.get(row.id) ?? row) : row));
}
