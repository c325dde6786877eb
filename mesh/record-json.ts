import type { Beginning, Ending } from "./recording.ts";

/** What both records of an invocation say of it, as members of a JSON object. */
export type FactsJson = string;

/**
 * What both records of an invocation say of it. Written by hand, as all of a record is: ids are digits, which need no
 * escaping, and bodies come as JSON.
 */
export function factsJson({ id, source, startedAt, traceId }: Omit<Beginning, "deadlineMs" | "payload">): FactsJson {
  return `"id":"${id}","source":${JSON.stringify(source)},"startedAt":${startedAt},"traceId":"${traceId}"`;
}

/**
 * A beginning as JSON.
 * @param payload JSON of what was sent, where that is recorded.
 */
export function beginningJson(facts: FactsJson, deadlineMs: number, payload: string | undefined): string {
  return `{${facts},"deadlineMs":${deadlineMs}${payload === undefined ? "}" : `,"payload":${payload}}`}`;
}

/**
 * An ending as JSON.
 * @param response JSON of what was answered, where that is recorded.
 */
export function endingJson(
  facts: FactsJson,
  { status, endedAt, durationMs, error }: Pick<Ending, "status" | "endedAt" | "durationMs" | "error">,
  response: string | undefined,
): string {
  const how = `{${facts},"status":"${status}","endedAt":${endedAt},"durationMs":${durationMs}`;
  const why = error === undefined ? "" : `,"error":${JSON.stringify(error)}`;
  return response === undefined ? `${how}${why}}` : `${how}${why},"response":${response}}`;
}
