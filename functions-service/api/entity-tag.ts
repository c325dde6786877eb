import { MeshError } from "../../mesh/errors.ts";
import type { StoredFunction } from "../../mesh/function.ts";

const TAG = /(?:^|,)\s*(W\/)?"([^"]*)"\s*(?=,|$)/g;

/** The entity tag of a function (RFC 9110): another one after every change. */
export function entityTag({ updatedAt }: StoredFunction): string {
  return `"${updatedAt}"`;
}

/**
 * Checks `If-Match`.
 * @returns whether the header names a state that the function must be in; `false` when any will do.
 * @throws MeshError `invalid_request`, status 412, when the function is in none of the states that the header names.
 */
export function checkIfMatch(headers: Headers, current: StoredFunction): boolean {
  const given = headers.get("If-Match");
  if (given === null || given.trim() === "*") return false;
  // Weak tags never match here (RFC 9110, 13.1.1).
  const tags = [...given.matchAll(TAG)].filter(([, weak]) => weak === undefined).map(([, , tag]) => tag);
  if (tags.includes(current.updatedAt)) return true;
  const text = `function "${current.id}" has changed since; read it again and repeat the change`;
  throw new MeshError("invalid_request", text, { status: 412 });
}
