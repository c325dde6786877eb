import { sql } from "kysely";
import type { Change, Transition } from "../store.ts";
import type { JournalTable } from "./tables.ts";

/** The sequence of the last change that was appended: an expression. */
export const END = sql<number>`coalesce((select first + count - 1 from journal order by first desc limit 1), 0)`;

/** The changes of a row of the journal, as they were appended. */
export function changesOf({ body }: Pick<JournalTable, "body">): Change[] {
  return JSON.parse(body) as Change[];
}

/** Those of a row's changes that counted, in order. */
export function transitionsOf(
  row: Pick<JournalTable, "first" | "project" | "body" | "dropped">,
): readonly Transition[] {
  const { first, project } = row;
  const all = changesOf(row).map((change, place) => ({ sequence: first + place, project, change }));
  if (row.dropped === null) return all;
  const dropped = new Set(JSON.parse(row.dropped) as number[]);
  return all.filter(({ sequence }) => !dropped.has(sequence - first));
}
