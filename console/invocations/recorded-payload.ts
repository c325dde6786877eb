import type { ListedEvent } from "../events/event-row.ts";

/** What stands in a record for what was not to be recorded, and the member that stands for what was left out. */
const REDACTED = "[redacted]";
const OMITTED = "$omitted";

/** What an invocation was called with; or why it cannot be called with the same. */
export type RecordedPayload =
  { readonly payload: unknown; readonly refusal?: undefined } | { readonly refusal: string };

/** Whether a recorded call can be made again, by what its record holds. */
export function recordedPayload({ invocationId, payload, response }: ListedEvent): RecordedPayload {
  if (invocationId === undefined) return { refusal: "It is no call: there is nothing to repeat." };
  // Where an answer was recorded, what was sent would have been, too.
  if (payload === undefined && response === undefined) {
    return { refusal: "What was sent was not recorded. `record: full` in the configuration records it." };
  }
  for (const part of [payload, isObject(payload) ? payload["body"] : undefined]) {
    if (isObject(part) && OMITTED in part) {
      return { refusal: `What was sent was left out of the record: ${String(part[OMITTED])}.` };
    }
  }
  const path = redactedPath(payload, "payload");
  return path === undefined ? { payload } : { refusal: `What was sent was redacted at ${path}.` };
}

function redactedPath(value: unknown, path: string): string | undefined {
  if (value === REDACTED) return path;
  if (!isObject(value)) return undefined;
  for (const [name, member] of Object.entries(value)) {
    const found = redactedPath(member, `${path}.${name}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
