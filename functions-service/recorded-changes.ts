import type { Beginning, Ending, RecordBatch } from "../mesh/recording.ts";
import type { EventBegun, EventEnded } from "./store.ts";

/** What every event is that is an invocation. */
const TYPE = "FUNCTION_INVOCATION";

/** What a batch of invocations changes, in order. */
export function changesOf({ begun, ended }: RecordBatch): (EventBegun | EventEnded)[] {
  return [...begun.map(begins), ...ended.map(ends)];
}

// Member by member: it is done for every call, and to spread them takes longer than to read their JSON.
function begins({ id, source, startedAt, traceId, deadlineMs, payload }: Beginning): EventBegun {
  const type = TYPE;
  const status = "PENDING";
  return { change: "begun", id, type, source, startedAt, traceId, isInvocation: true, status, payload, deadlineMs };
}

function ends({ id, source, startedAt, traceId, status, endedAt, durationMs, response, error }: Ending): EventEnded {
  const facts = { id, type: TYPE, source, startedAt, traceId, isInvocation: true };
  return { change: "ended", ...facts, status, endedAt, durationMs, response, error };
}
