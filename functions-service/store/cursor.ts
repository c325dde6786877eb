import * as v from "valibot";
import { MeshError } from "../../mesh/errors.ts";
import type { Page, PageRequest } from "../store.ts";

const MAX_LIMIT = 1000;

/** What a cursor of one kind of listing says: its name, then the place of the last item that was given. */
export type CursorSchema = v.GenericSchema<unknown, readonly [string, ...(string | number)[]]>;

/**
 * Where a page begins.
 * @throws MeshError `invalid_request` for a cursor of another listing or none at all, and for limits out of bounds.
 */
export function startOf<Schema extends CursorSchema>(
  { limit, cursor }: PageRequest,
  schema: Schema,
): v.InferOutput<Schema> | undefined {
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT) {
    throw new MeshError("invalid_request", `limit is ${limit}; use a whole number from 1 to ${MAX_LIMIT}`);
  }
  if (cursor === undefined) return undefined;
  const result = v.safeParse(schema, decode(cursor));
  if (result.success) return result.output;
  throw new MeshError("invalid_request", "cursor is none of this listing; take it from the page before, as it is");
}

/** A page out of one row more than it may hold: the one too many tells that there is another page. */
export function pageOf<Row, Item>(
  rows: readonly Row[],
  limit: number,
  { item, place }: { item: (row: Row) => Item; place: (row: Row) => readonly [string, ...(string | number)[]] },
): Page<Item> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(item),
    next: rows.length > limit && last !== undefined ? encode(place(last)) : undefined,
  };
}

function encode(place: readonly (string | number)[]): string {
  return new TextEncoder().encode(JSON.stringify(place)).toBase64({ alphabet: "base64url", omitPadding: true });
}

function decode(cursor: string): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(Uint8Array.fromBase64(cursor, { alphabet: "base64url" })));
  } catch {
    return undefined;
  }
}
