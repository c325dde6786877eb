import type { StoredEvent } from "../../mesh/event.ts";
import { formatMs } from "../services/format.ts";
import { printable } from "../terminal/printable.ts";
import { type Listing, printFacts, printLines } from "./print.ts";

export const EVENTS_PATH = "/api/v3/events";

/** The type of events that are invocations. */
export const INVOCATION = "FUNCTION_INVOCATION";

const isBad = ({ status }: StoredEvent): boolean => status === "FAILURE";

export const EVENT_LISTING: Listing<StoredEvent> = {
  columns: [
    { title: "TIME", cell: ({ timestamp }) => timestamp },
    { title: "TYPE", cell: ({ type }) => printable(type) },
    { title: "STATUS", cell: ({ status }) => status },
    { title: "SOURCE", cell: ({ source }) => printable(source) },
    { title: "ID", leaveOut: 1, cell: ({ id }) => printable(id) },
  ],
  isBad,
  empty: "no such event",
};

export const INVOCATION_LISTING: Listing<StoredEvent> = {
  columns: [
    { title: "STARTED", cell: ({ timestamp }) => timestamp },
    { title: "FUNCTION", cell: ({ source }) => printable(source) },
    { title: "STATUS", cell: ({ status }) => status },
    { title: "TOOK", align: "right", leaveOut: 3, cell: ({ durationMs }) => formatMs(durationMs ?? null) },
    { title: "ERROR", leaveOut: 2, cell: ({ error }) => printable(error?.code ?? "") },
    { title: "ID", leaveOut: 1, cell: ({ id }) => printable(id) },
  ],
  isBad,
  empty: "no such invocation; calls are recorded where the configuration says so",
};

/** Prints all that is known of an event. */
export function printEvent(event: StoredEvent): void {
  const { id, type, status, source, timestamp, durationMs, error, traceId, retryCount, payload, response } = event;
  printFacts({
    id,
    type,
    status,
    source,
    time: timestamp,
    took: durationMs === undefined ? undefined : formatMs(durationMs),
    error: error === undefined ? undefined : `${error.code}: ${error.message}`,
    trace: traceId,
    retries: retryCount === 0 ? undefined : String(retryCount),
  });
  printValue("payload", payload);
  printValue("response", response);
}

function printValue(name: string, value: unknown): void {
  if (value !== undefined && value !== null)
    printLines(["", `${name}:`, printable(JSON.stringify(value, undefined, 2))]);
}
