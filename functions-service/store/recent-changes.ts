import type { Change } from "../store.ts";
import type { JournalTable } from "./tables.ts";

/** How much of it is remembered, in characters of JSON: more than is under way while events and sinks keep up. */
const MAX_LENGTH = 4 * 1024 * 1024;

/**
 * What this process has appended to the journal a moment ago: to read that from JSON twice, for the events and for the sinks, would
 * take longer than to append it. Rows of a journal never change.
 */
export class RecentChanges {
  readonly #rows = new Map<number, { readonly changes: readonly Change[]; readonly length: number }>();
  #length = 0;

  keep(first: number, changes: readonly Change[], length: number): void {
    this.#rows.set(first, { changes, length });
    this.#length += length;
    // The oldest are at the front.
    for (const [oldest, row] of this.#rows) {
      if (this.#length <= MAX_LENGTH) return;
      this.#rows.delete(oldest);
      this.#length -= row.length;
    }
  }

  /** The changes of a row, as they were appended. */
  of({ first, body }: Pick<JournalTable, "first" | "body">): readonly Change[] {
    return this.#rows.get(first)?.changes ?? (JSON.parse(body) as Change[]);
  }
}
