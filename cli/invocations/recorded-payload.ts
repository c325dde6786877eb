import { REDACTED } from "../../gateway/recording/redaction.ts";
import type { StoredEvent } from "../../mesh/event.ts";
import { OMITTED } from "../../mesh/recorded-value.ts";
import { Failure } from "../failure.ts";

/**
 * What an invocation was called with, if that is what its record holds; `undefined` when it was called with nothing.
 * @throws Failure saying why it cannot be called with the same.
 */
export function recordedPayload({ id, type, source, invocationId, payload, response }: StoredEvent): unknown {
  if (invocationId === undefined) throw new Failure(`event "${id}" (${type}) is no call: there is nothing to repeat`);
  const refuse = (why: string): never => {
    throw new Failure(`invocation "${id}" of ${source} cannot be repeated: ${why}`);
  };
  // Where an answer was recorded, what was sent would have been, too.
  if (payload === undefined && response === undefined) {
    return refuse("what was sent was not recorded; `record: full` in the configuration records it");
  }
  for (const part of [payload, bodyOf(payload)]) {
    const why = omissionIn(part);
    if (why !== undefined) return refuse(`what was sent was left out of the record (${why})`);
  }
  const path = redactedPath(payload, "payload");
  return path === undefined ? payload : refuse(`${path} was redacted`);
}

function bodyOf(payload: unknown): unknown {
  return isObject(payload) ? payload["body"] : undefined;
}

function omissionIn(value: unknown): string | undefined {
  return isObject(value) && OMITTED in value ? String(value[OMITTED]) : undefined;
}

/** Where something was redacted. */
function redactedPath(value: unknown, path: string): string | undefined {
  if (value === REDACTED) return path;
  if (typeof value !== "object" || value === null) return undefined;
  for (const [name, member] of Object.entries(value)) {
    const found = redactedPath(member, `${path}.${name}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
