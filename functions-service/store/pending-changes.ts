import type { Change, EventEnded } from "../store.ts";
import { type OutcomeRow, begunRow, outcomeRow, settleRow } from "./event-rows.ts";
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

/** What is known of a project's events, by their ids. */
interface Known {
  readonly begun: Map<string, Begun>;
  readonly ended: Map<string, Ended>;
}

/**
 * What some rows of the journal mean for the events: each event is written once, though it may have begun and ended in them.
 * Finds out which changes did not count: the first word about an event does.
 */
export class Pending {
  readonly #projects = new Map<string, Known>();
  readonly #dropped = new Map<number, number[]>();

  constructor(rows: readonly JournalRow[]) {
    for (const { first, project, changes } of rows) {
      const known = this.#projects.get(project) ?? { begun: new Map(), ended: new Map() };
      this.#projects.set(project, known);
      changes.forEach((change, index) => this.#read(change, { project, known, place: { first, index } }));
    }
  }

  /** What is to be inserted, unless it is there already. */
  begun(): readonly EventsTable[] {
    return this.#all(({ begun }) => Array.from(begun.values(), ({ row }) => row));
  }

  /** Tells what was inserted: the others were there, and may be ended yet. */
  inserted(keys: readonly EventKey[]): void {
    if (keys.length === this.begun().length) return;
    const inserted = new Set(keys.map(keyOf));
    for (const { begun, ended } of this.#projects.values()) {
      for (const [id, { row, place, end }] of begun) {
        if (inserted.has(keyOf(row))) continue;
        this.#drop(place);
        if (end === undefined) continue;
        if (ended.has(id)) this.#drop(end.place);
        else ended.set(id, { row: outcomeRow(row.project, end.change), place: end.place });
      }
    }
  }

  /** What is to be ended, if it is pending. */
  ended(): readonly OutcomeRow[] {
    return this.#all(({ ended }) => Array.from(ended.values(), ({ row }) => row));
  }

  /** Tells what was ended. */
  settled(keys: readonly EventKey[]): void {
    if (keys.length === this.ended().length) return;
    const settled = new Set(keys.map(keyOf));
    for (const { ended } of this.#projects.values())
      for (const { row, place } of ended.values()) if (!settled.has(keyOf(row))) this.#drop(place);
  }

  /** Rows of the journal of which something did not count, with what is to be written into them. */
  dropped(): readonly Pick<JournalTable, "first" | "dropped">[] {
    return Array.from(this.#dropped, ([first, places]) => ({ first, dropped: JSON.stringify(places) }));
  }

  #read(change: Change, { project, known, place }: { project: string; known: Known; place: Place }): void {
    const { id } = change;
    const begun = known.begun.get(id);
    if (change.change === "begun") {
      if (begun === undefined) known.begun.set(id, { row: begunRow(project, change), place, end: undefined });
      else this.#drop(place);
    } else if (begun !== undefined && begun.row.status === "PENDING") {
      settleRow(begun.row, change);
      begun.end = { change, place };
    } else if (begun !== undefined || known.ended.has(id)) this.#drop(place);
    else known.ended.set(id, { row: outcomeRow(project, change), place });
  }

  #all<Row>(of: (known: Known) => Row[]): Row[] {
    return [...this.#projects.values()].flatMap(of);
  }

  #drop({ first, index }: Place): void {
    this.#dropped.set(first, [...(this.#dropped.get(first) ?? []), index]);
  }
}

function keyOf({ project, id }: EventKey): string {
  return `${project}/${id}`;
}
