import { parseBatch } from "../../mesh/recording.ts";
import { changesOf } from "../recorded-changes.ts";
import type { Change } from "../store.ts";

/** What a list of changes begins with, and a batch of invocations does not. */
const LIST = "[";

/** The changes in the body of a journal's row. */
export function changesIn(body: string): readonly Change[] {
  return body.startsWith(LIST) ? (JSON.parse(body) as Change[]) : changesOf(parseBatch(body));
}
