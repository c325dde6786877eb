import type { EventStatus } from "../../mesh/event.ts";
import type { ListedEvent } from "../events/event-row.ts";
import { addressOf } from "./repeated-call.ts";

const VERBS: Readonly<Record<EventStatus, string>> = { PENDING: "started", SUCCESS: "succeeded", FAILURE: "failed" };

/** The CloudEvent that was told of an event last. */
export function cloudEventOf(event: ListedEvent, project: string): Readonly<Record<string, unknown>> {
  const { id, status, source, timestamp, traceId, durationMs = 0, payload, deadline, ...rest } = event;
  const isInvocation = event.invocationId !== undefined;
  const hasEnded = status !== "PENDING";
  const { service, name } = addressOf(source);
  const path = isInvocation
    ? `services/${encodeURIComponent(service)}/functions/${encodeURIComponent(name)}`
    : `events/${encodeURIComponent(source)}`;
  const end = new Date(Date.parse(timestamp) + Math.round(durationMs)).toISOString();
  return {
    specversion: "1.0",
    id: `${id}.${status.toLowerCase()}`,
    source: `/projects/${project}/${path}`,
    type: `dev.functionsmesh.${isInvocation ? "invocation" : "event"}.${VERBS[status]}.v1`,
    subject: id,
    time: hasEnded ? end : timestamp,
    datacontenttype: "application/json",
    ...(traceId !== undefined && { traceparent: `00-${traceId}-${spanOf(id)}-01` }),
    data: {
      ...{ id, project, status, timestamp, source, traceId },
      // What it began with was told with its beginning.
      ...(hasEnded && isInvocation ? { durationMs: event.durationMs } : { payload, deadline }),
      ...rest,
    },
  };
}

function spanOf(id: string): string {
  const digits = id.replaceAll(/[^0-9a-f]/gi, "").toLowerCase();
  return digits.slice(-16).padStart(16, "1");
}
