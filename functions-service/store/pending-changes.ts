import type { EventEnded } from "../store.ts";
import { type OutcomeRow, begunRow, endOf, outcomeRow } from "./event-rows.ts";
import type { JournalRow } from "./journal-rows.ts";
import type { EventsTable, JournalTable } from "./tables.ts";

/** Names one event. */
type EventKey = Pick<EventsTable, "project" | "id">;

/** Where a change stands in the journal. */
interface Place {
  readonly first: number;
  readonly index: number;
}

interface Begun {
  readonly row: EventsTable;
  readonly place: Place;
  end: { readonly change: EventEnded; readonly place: Place } | undefined;
}

/** Ends that were not joined to their beginning. */
interface Ended {
  readonly row: OutcomeRow;
  readonly place: Place;
}

/**
 * What some rows of the journal mean for the events: each event is written once, though it may have begun and ended in them.
 * Finds out which changes did not count: the first word about an event does.
 */
export class Pending {
  readonly #begun = new Map<string, Begun>();
  readonly #ended = new Map<string, Ended>();
  readonly #dropped = new Map<number, number[]>();

  constructor(rows: readonly JournalRow[]) {
    for (const row of rows) {
      const { first, project, changes } = row;
      for (const [index, change] of changes.entries()) {
        const place = { first, index };
        const key = keyOf({ project, id: change.id });
        const known = this.#begun.get(key);
        if (change.change === "begun") {
          if (known === undefined) this.#begun.set(key, { row: begunRow(project, change), place, end: undefined });
          else this.#drop(place);
        } else if (known !== undefined && known.row.status === "PENDING") {
          Object.assign(known.row, endOf(change));
          known.end = { change, place };
        } else if (known !== undefined || this.#ended.has(key)) this.#drop(place);
        else this.#ended.set(key, { row: outcomeRow(project, change), place });
      }
    }
  }

  /** What is to be inserted, unless it is there already. */
  begun(): readonly EventsTable[] {
    return Array.from(this.#begun.values(), ({ row }) => row);
  }

  /** Tells what was inserted: the others were there, and may be ended yet. */
  inserted(keys: readonly EventKey[]): void {
    const inserted = new Set(keys.map(keyOf));
    for (const [key, { row, place, end }] of this.#begun) {
      if (inserted.has(key)) continue;
      this.#drop(place);
      if (end === undefined) continue;
      if (this.#ended.has(key)) this.#drop(end.place);
      else this.#ended.set(key, { row: outcomeRow(row.project, end.change), place: end.place });
    }
  }

  /** What is to be ended, if it is pending. */
  ended(): readonly OutcomeRow[] {
    return Array.from(this.#ended.values(), ({ row }) => row);
  }

  /** Tells what was ended. */
  settled(keys: readonly EventKey[]): void {
    const settled = new Set(keys.map(keyOf));
    for (const [key, { place }] of this.#ended) if (!settled.has(key)) this.#drop(place);
  }

  /** Rows of the journal of which something did not count, with what is to be written into them. */
  dropped(): readonly Pick<JournalTable, "first" | "dropped">[] {
    return Array.from(this.#dropped, ([first, places]) => ({ first, dropped: JSON.stringify(places) }));
  }

  #drop({ first, index }: Place): void {
    this.#dropped.set(first, [...(this.#dropped.get(first) ?? []), index]);
  }
}

function keyOf({ project, id }: EventKey): string {
  return `${project}/${id}`;
}
