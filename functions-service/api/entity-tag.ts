import { MeshError } from "../../mesh/errors.ts";
import type { StoredFunction } from "../../mesh/function.ts";
import type { ChangeCondition } from "../store.ts";

const TAG = /(?:^|,)\s*(W\/)?"([^"]*)"\s*(?=,|$)/g;

/** The entity tag of a function (RFC 9110): another one after every change. */
export function entityTag({ updatedAt }: StoredFunction): string {
  return `"${updatedAt}"`;
}

/**
 * What `If-Match` asks of a change of a function: that it still is as it was just found.
 * @throws MeshError `invalid_request`, status 412, when the function is in none of the states that the header names.
 */
export function conditionOf(headers: Headers, found: StoredFunction): ChangeCondition {
  const given = headers.get("If-Match");
  if (given === null || given.trim() === "*") return {};
  // Weak tags never match here (RFC 9110, 13.1.1).
  const tags = [...given.matchAll(TAG)].filter(([, weak]) => weak === undefined).map(([, , tag]) => tag);
  if (tags.includes(found.updatedAt)) return { ifUpdatedAt: found.updatedAt };
  const text = `function "${found.id}" has changed since; read it again and repeat the change`;
  throw new MeshError("invalid_request", text, { status: 412 });
}
