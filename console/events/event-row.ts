import type { EventStatus, StoredEvent } from "../../mesh/event.ts";

/** What a list shows of an event. Payloads stay behind: of a hundred thousand they would fill the memory. */
export interface EventRow {
  readonly id: string;
  readonly type: string;
  readonly status: EventStatus;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly source: string;
  readonly durationMs: number | undefined;
  readonly error: StoredEvent["error"];
  readonly traceId: string | undefined;
}

/** An event as the API answers it: what is `undefined` is not there. */
export type ListedEvent = Pick<StoredEvent, "id" | "type" | "status" | "timestamp" | "source"> & Partial<StoredEvent>;

/** The row of an event. */
export function toRow({ id, type, status, timestamp, source, durationMs, error, traceId }: ListedEvent): EventRow {
  return { id, type, status, at: Date.parse(timestamp), source, durationMs, error, traceId };
}

/** What tells rows apart. */
export function rowKey({ id }: EventRow): string {
  return id;
}
