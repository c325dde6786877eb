import type { Kysely } from "kysely";
import type { Change } from "../store.ts";
import { changesIn } from "./journal-body.ts";
import type { JournalPlace, JournalRow } from "./journal-rows.ts";
import type { Tables } from "./tables.ts";

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

  /** Rows with their changes, as they were appended. */
  async read(db: Kysely<Tables>, places: readonly JournalPlace[]): Promise<readonly JournalRow[]> {
    // Looked up before anything is waited for: what is remembered now may be forgotten then.
    const changes = new Map(places.map(({ first }) => [first, this.#rows.get(first)?.changes]));
    const forgotten = places.map(({ first }) => first).filter((first) => changes.get(first) === undefined);
    if (forgotten.length > 0) {
      const rows = await db.selectFrom("journal").select(["first", "body"]).where("first", "in", forgotten).execute();
      for (const { first, body } of rows) changes.set(first, changesIn(body));
    }
    return places.flatMap((place) => {
      const theirs = changes.get(place.first);
      // Pruned meanwhile: everybody had it whom it was kept for.
      return theirs === undefined ? [] : [{ ...place, changes: theirs }];
    });
  }
}
