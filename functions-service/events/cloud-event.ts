import type { EventOutcome, EventStatus, StoredEvent } from "../../mesh/event.ts";
import { isName } from "../../mesh/names.ts";
import type { NewNotice } from "../store.ts";

/** A CloudEvents 1.0 event in structured JSON, as a {@link NewNotice} holds it. */
export interface CloudEvent {
  readonly specversion: "1.0";
  readonly id: string;
  readonly source: string;
  readonly type: string;
  /** The invocation's id, or the event's. */
  readonly subject: string;
  /** RFC 3339: when it began, or ended. */
  readonly time: string;
  readonly datacontenttype: "application/json";
  /** The extension for distributed tracing; only where the trace is known. */
  readonly traceparent?: string;
  /** The event in the words of the HTTP API. */
  readonly data: unknown;
}

/** What has to be known of an event to tell how it ended; its payload may be left out. */
export type BegunEvent = Pick<StoredEvent, "id" | "project" | "type" | "timestamp" | "source"> & Partial<StoredEvent>;

/** A stored function is the service of its label with this one function. */
const STORED_FUNCTION = "handler";

/** The function type's last word but one, by status. */
const VERBS: Readonly<Record<EventStatus, string>> = { PENDING: "started", SUCCESS: "succeeded", FAILURE: "failed" };

/** What a name may have. */
const MAX_NAME = 64;

/** What is told of an event as it stands. The same event gives the same notice, however often it is asked for. */
export function eventNotice(event: StoredEvent): NewNotice {
  return notice(event, event.status, event.timestamp);
}

/** What is told when an event ends, or ended at `endedAt`. Default: when it began and its duration. */
export function outcomeNotice(event: BegunEvent, outcome: EventOutcome, endedAt?: Date): NewNotice {
  const end = endedAt ?? new Date(Date.parse(event.timestamp) + (outcome.durationMs ?? 0));
  return notice({ ...event, ...outcome }, outcome.status, end.toISOString());
}

function notice(event: BegunEvent, status: EventStatus, time: string): NewNotice {
  const { id: eventId, project, traceId } = event;
  const kind = event.invocationId === undefined ? "event" : "invocation";
  const id = `${eventId}.${status.toLowerCase()}`;
  const body: CloudEvent = {
    specversion: "1.0",
    id,
    source: kind === "invocation" ? functionPath(project, event.source) : eventPath(project, event.source),
    type: `dev.functionsmesh.${kind}.${VERBS[status]}.v1`,
    subject: event.invocationId ?? eventId,
    time,
    datacontenttype: "application/json",
    ...(traceId !== undefined && { traceparent: traceparent(traceId, eventId) }),
    data: event,
  };
  return { id, project, eventId, routingKey: routingKey(event, status), body: JSON.stringify(body) };
}

function functionPath(project: string, source: string): string {
  const [service, name] = addressOf(source);
  return `/projects/${project}/services/${encodeURIComponent(service)}/functions/${encodeURIComponent(name)}`;
}

function eventPath(project: string, source: string): string {
  return `/projects/${project}/events/${encodeURIComponent(source.toWellFormed())}`;
}

/** Every part is a name, so that it is no pattern to a broker. */
function routingKey({ project, source, invocationId }: BegunEvent, status: EventStatus): string {
  const parts = invocationId === undefined ? [source] : addressOf(source);
  return [project, ...parts.map(asName), status.toLowerCase()].join(".");
}

function addressOf(source: string): [service: string, name: string] {
  const dot = source.indexOf(".");
  return dot < 0 ? [source, STORED_FUNCTION] : [source.slice(0, dot), source.slice(dot + 1)];
}

function asName(text: string): string {
  return isName(text) ? text : text.slice(0, MAX_NAME).replace(/[^A-Za-z0-9_-]/gu, "_") || "_";
}

// The trace is known, its spans are not: the event stands for the one that sends, so that receivers join the trace.
function traceparent(traceId: string, eventId: string): string {
  const digits = eventId.replace(/[^0-9a-f]/gi, "").toLowerCase();
  return `00-${traceId}-${digits.slice(-16).padStart(16, "1")}-01`;
}
