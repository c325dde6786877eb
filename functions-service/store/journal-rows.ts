import type { Change, Transition } from "../store.ts";
import type { JournalTable } from "./tables.ts";

/** The changes of a row of the journal, as they were appended. */
export function changesOf({ body }: Pick<JournalTable, "body">): Change[] {
  return JSON.parse(body) as Change[];
}

/** Those of a row's changes that counted, in order. */
export function transitionsOf(
  row: Pick<JournalTable, "first" | "project" | "body" | "dropped">,
): readonly Transition[] {
  const { first, project } = row;
  const dropped = new Set(row.dropped === null ? [] : (JSON.parse(row.dropped) as number[]));
  return changesOf(row).flatMap((change, place) =>
    dropped.has(place) ? [] : [{ sequence: first + place, project, change }],
  );
}
