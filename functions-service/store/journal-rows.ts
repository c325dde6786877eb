import { type Kysely, type RawBuilder, sql } from "kysely";
import type { Change, Transition } from "../store.ts";
import type { JournalTable, Tables } from "./tables.ts";

/** The sequence of the last change that was appended: an expression. */
export const END = sql<number>`coalesce((select first + count - 1 from journal order by first desc limit 1), 0)`;

/** What a row of the journal says of its changes. */
export type JournalPlace = Pick<JournalTable, "first" | "count" | "project" | "dropped">;

/** A row of the journal with its changes. */
export interface JournalRow extends JournalPlace {
  readonly changes: readonly Change[];
}

/** Rows that are looked at, at most. */
const LOOKED_AT = 64;

/**
 * The first rows where something holds, in order, without their bodies: about so many changes, at least one row. Whether these
 * are all there are.
 */
export async function firstRows(
  db: Kysely<Tables>,
  condition: RawBuilder<unknown>,
  changes: RawBuilder<unknown>,
): Promise<{ readonly rows: readonly JournalPlace[]; readonly isAll: boolean }> {
  const some = sql`select first, count from journal where ${condition} order by first limit ${sql.lit(LOOKED_AT)}`;
  const counted = sql`select first as place, count(*) over () as total,
    sum(count) over (order by first) - count as before from (${some}) as looked_at`;
  const query = sql<JournalPlace & { readonly total: number }>`select first, journal.count, project, dropped, total
    from journal join (${counted}) as counted on first = place where before < ${changes} order by first`;
  const { rows } = await query.execute(db);
  return { rows, isAll: rows.length === (rows[0]?.total ?? 0) && rows.length < LOOKED_AT };
}

/** Those of a row's changes that counted, in order. */
export function transitionsOf(row: JournalRow): readonly Transition[] {
  const { first, project, changes } = row;
  const all = changes.map((change, place) => ({ sequence: first + place, project, change }));
  if (row.dropped === null) return all;
  const dropped = new Set(JSON.parse(row.dropped) as number[]);
  return all.filter(({ sequence }) => !dropped.has(sequence - first));
}
