import { MeshError } from "../../mesh/errors.ts";
import type { StoredEvent } from "../../mesh/event.ts";
import type { EventBegun, EventEnded } from "../store.ts";
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

/** An event as it begins. */
export function begunRow(project: string, begun: EventBegun): EventsTable {
  const id = plain(begun.id);
  return {
    project,
    id,
    type: begun.type,
    status: begun.status,
    happened_at: begun.startedAt,
    source: plain(begun.source),
    payload: toJson(begun.payload),
    invocation_id: begun.isInvocation ? id : null,
    deadline: begun.deadlineMs ?? null,
    response: null,
    duration_ms: null,
    error: null,
    trace_id: begun.traceId === undefined ? null : plain(begun.traceId),
    retry_count: 0,
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
    // As it was written when it ended.
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

export function outcomeRow(project: string, { id, status, response, durationMs, error }: EventEnded): OutcomeRow {
  return {
    project,
    id: plain(id),
    status,
    response: toJson(response),
    duration_ms: durationMs ?? null,
    error: toJson(error),
  };
}

/** Ends an event whose row was not written yet. */
export function settleRow(row: EventsTable, { status, response, durationMs, error }: EventEnded): void {
  row.status = status;
  row.response = toJson(response);
  row.duration_ms = durationMs ?? null;
  row.error = toJson(error);
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
  // Most are `undefined`: that is known without asking.
  return value === undefined ? null : (JSON.stringify(value) ?? null);
}

function fromJson(text: string | null): unknown {
  return text === null ? undefined : JSON.parse(text);
}
