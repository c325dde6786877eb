import type { EventRow } from "./event-row.ts";
import { type Slice, slicesAt } from "./slices.ts";
import type { TimeWindow } from "./search.ts";

/** Some rows, newest first, and how to get those that follow. */
export interface RowPage {
  readonly rows: readonly EventRow[];
  readonly next: string | undefined;
}

/** Fetches a page of what began within some time. */
export type FetchRows = (window: TimeWindow, cursor: string | undefined, signal: AbortSignal) => Promise<RowPage>;

/** What is known of a list. */
export interface ListState {
  /** As long as the list; `undefined` where a row has not come yet. */
  readonly rows: readonly (EventRow | undefined)[];
  /** What went wrong when rows were fetched last. */
  readonly error: unknown;
}

/**
 * A list of any length, of which only what is looked at is fetched: a summary says how many rows began when, so that the
 * thousandth row and the last one are found as quickly as the first.
 */
export class EventList {
  readonly #fetch: FetchRows;
  readonly #slices: readonly Slice[];
  readonly #listeners = new Set<() => void>();
  readonly #stopping = new AbortController();
  readonly #busy = new Set<number>();
  readonly #cursors = new Map<number, string>();
  readonly #filled = new Map<number, number>();
  #wanted: readonly [number, number] = [0, 0];
  #state: ListState;

  /** @param known rows that are there already, from the first on. */
  constructor(slices: readonly Slice[], fetch: FetchRows, known: readonly EventRow[] = []) {
    this.#fetch = fetch;
    this.#slices = slices;
    const last = slices.at(-1);
    const length = last === undefined ? 0 : last.first + last.total;
    const rows = Array.from({ length }, (_, place) => known[place]);
    this.#state = { rows, error: undefined };
  }

  readonly getState = (): ListState => this.#state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Fetches what is missing of these rows. What was wanted before and has not begun is not fetched any more. */
  want(first: number, last: number): void {
    this.#wanted = [first, last];
    for (const place of slicesAt(this.#slices, first, last)) {
      if (this.#isMissing(place)) void this.#fill(place);
    }
  }

  /** Fetches once more what could not be. */
  retry(): void {
    this.want(...this.#wanted);
  }

  close(): void {
    this.#stopping.abort();
  }

  /** Whether a slice lacks rows that are wanted, and nobody fetches them. */
  #isMissing(place: number): boolean {
    const slice = this.#slices[place];
    if (slice === undefined || this.#busy.has(place)) return false;
    const filled = this.#filled.get(place) ?? 0;
    return filled < slice.total && slice.first + filled <= this.#wanted[1];
  }

  async #fill(place: number): Promise<void> {
    const slice = this.#slices[place];
    if (slice === undefined) return;
    this.#busy.add(place);
    try {
      const { signal } = this.#stopping;
      const page = await this.#fetch(slice, this.#cursors.get(place), signal);
      if (!signal.aborted) this.#put(place, slice, page);
    } catch (error) {
      if (!this.#stopping.signal.aborted) this.#set({ rows: this.#state.rows, error });
      return;
    } finally {
      this.#busy.delete(place);
    }
    if (this.#isMissing(place)) void this.#fill(place);
  }

  #put(place: number, { first, total }: Slice, { rows: found, next }: RowPage): void {
    const filled = this.#filled.get(place) ?? 0;
    // What was recorded after it was counted has no place here, and is found when the list is made anew.
    const fitting = found.slice(0, total - filled);
    const rows = this.#state.rows.with(first, this.#state.rows[first]);
    for (const [offset, row] of fitting.entries()) rows[first + filled + offset] = row;
    if (next === undefined) this.#cursors.delete(place);
    else this.#cursors.set(place, next);
    // Rows that are gone since they were counted do not come, however often they are asked for.
    this.#filled.set(place, next === undefined ? total : filled + fitting.length);
    this.#set({ rows, error: undefined });
  }

  #set(state: ListState): void {
    this.#state = state;
    for (const each of this.#listeners) each();
  }
}
