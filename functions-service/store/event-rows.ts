import { MeshError } from "../../mesh/errors.ts";
import type { EventOutcome, StoredEvent } from "../../mesh/event.ts";
import type { RowType } from "./features.ts";
import type { EventsTable } from "./tables.ts";

/** The columns of an event that is written, with their types. */
export const EVENT_COLUMNS = {
  project: "text",
  id: "text",
  type: "text",
  status: "text",
  happened_at: "integer",
  source: "text",
  payload: "text",
  invocation_id: "text",
  deadline: "integer",
  response: "text",
  duration_ms: "number",
  error: "text",
  trace_id: "text",
  retry_count: "integer",
} as const satisfies Record<keyof EventsTable, RowType>;

/** @throws MeshError `invalid_request` for a timestamp that is none. */
export function toEventRow(event: StoredEvent): EventsTable {
  return {
    project: event.project,
    id: plain(event.id),
    type: event.type,
    status: event.status,
    happened_at: toMs(event.timestamp, "timestamp"),
    source: plain(event.source),
    payload: toJson(event.payload),
    invocation_id: event.invocationId ?? null,
    deadline: event.deadline === undefined ? null : toMs(event.deadline, "deadline"),
    response: toJson(event.response),
    duration_ms: event.durationMs ?? null,
    error: toJson(event.error),
    trace_id: event.traceId === undefined ? null : plain(event.traceId),
    retry_count: event.retryCount,
  };
}

/** An event as it is handed out. */
export function toEvent(row: EventsTable): StoredEvent {
  return {
    id: row.id,
    project: row.project,
    type: row.type,
    status: row.status,
    timestamp: new Date(row.happened_at).toISOString(),
    source: row.source,
    payload: fromJson(row.payload),
    invocationId: row.invocation_id ?? undefined,
    deadline: row.deadline === null ? undefined : new Date(row.deadline).toISOString(),
    response: fromJson(row.response),
    durationMs: row.duration_ms ?? undefined,
    // As it was written by toEventRow or toOutcomeRow.
    error: fromJson(row.error) as StoredEvent["error"],
    traceId: row.trace_id ?? undefined,
    retryCount: row.retry_count,
  };
}

/** The columns of an outcome that is written, with their types. */
export const OUTCOME_COLUMNS = {
  project: "text",
  id: "text",
  status: "text",
  response: "text",
  duration_ms: "number",
  error: "text",
} as const satisfies Record<string, RowType>;

export type OutcomeRow = Pick<EventsTable, keyof typeof OUTCOME_COLUMNS>;

export function toOutcomeRow(project: string, outcome: EventOutcome): OutcomeRow {
  return {
    project,
    id: plain(outcome.id),
    status: outcome.status,
    response: toJson(outcome.response),
    duration_ms: outcome.durationMs ?? null,
    error: toJson(outcome.error),
  };
}

/** @throws MeshError `invalid_request` for a time that is none. */
export function toMs(time: string, what: string): number {
  const ms = Date.parse(time);
  if (Number.isNaN(ms)) {
    throw new MeshError(
      "invalid_request",
      `${what} ${JSON.stringify(time.slice(0, 80))} is no time; write it like 2026-01-31T12:00:00Z`,
    );
  }
  return ms;
}

// One event with a character that not every database can hold must not keep a whole batch from being stored.
function plain(text: string): string {
  return text.replaceAll("\0", "\uFFFD").toWellFormed();
}

function toJson(value: unknown): string | null {
  return JSON.stringify(value) ?? null;
}

function fromJson(text: string | null): unknown {
  return text === null ? undefined : JSON.parse(text);
}
