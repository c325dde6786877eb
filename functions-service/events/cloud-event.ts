import type { EventStatus, StoredEvent } from "../../mesh/event.ts";
import { isName } from "../../mesh/names.ts";
import type { Change, Transition } from "../store.ts";

/** A CloudEvents 1.0 event in structured JSON, as a {@link Notice} holds it. */
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
  readonly data: Partial<StoredEvent>;
}

/** What is told of one change: a CloudEvent, and what is needed to pass it on. */
export interface Notice {
  /** Its change's place in the journal. */
  readonly sequence: number;
  /** The CloudEvent's id, and the message's: whoever gets it twice knows by it. */
  readonly id: string;
  readonly project: string;
  /** The event it is about. */
  readonly eventId: string;
  /** `<project>.<service>.<function>.<status>`, or with the source in place of service and function. */
  readonly routingKey: string;
  /** Made when it is asked for: not every notice is sent. */
  readonly event: CloudEvent;
}

/** A stored function is the service of its label with this one function. */
const STORED_FUNCTION = "handler";

/** The function type's last word but one, by status. */
const VERBS: Readonly<Record<EventStatus, string>> = { PENDING: "started", SUCCESS: "succeeded", FAILURE: "failed" };

/** What a name may have. */
const MAX_NAME = 64;

/** What is told of a change that counted. The same one gives the same notice, however often it is asked for. */
export function noticeOf(transition: Transition): Notice {
  return new TransitionNotice(transition);
}

class TransitionNotice implements Notice {
  readonly sequence: number;
  readonly project: string;
  readonly eventId: string;
  readonly routingKey: string;
  readonly #change: Change;
  #event: CloudEvent | undefined;

  constructor({ sequence, project, change }: Transition) {
    this.sequence = sequence;
    this.project = project;
    this.eventId = change.id;
    this.routingKey = routingKey(project, change);
    this.#change = change;
  }

  get id(): string {
    return `${this.eventId}.${this.#change.status.toLowerCase()}`;
  }

  get event(): CloudEvent {
    this.#event ??= cloudEvent(this, this.#change);
    return this.#event;
  }
}

function cloudEvent({ id, project }: Notice, change: Change): CloudEvent {
  const { id: subject, source, traceId, isInvocation, status } = change;
  return {
    specversion: "1.0",
    id,
    source: isInvocation ? functionPath(project, source) : eventPath(project, source),
    type: `dev.functionsmesh.${isInvocation ? "invocation" : "event"}.${VERBS[status]}.v1`,
    subject,
    time: toTime(change.change === "begun" ? change.startedAt : change.endedAt),
    datacontenttype: "application/json",
    ...(traceId !== undefined && { traceparent: traceparent(traceId, subject) }),
    data: eventData(project, change),
  };
}

/** What is known of the event; of one that ends, what it began with is left out. */
function eventData(project: string, change: Change): Partial<StoredEvent> {
  const { id, type, status, source, startedAt, traceId, isInvocation } = change;
  const known = { id, project, type, status, timestamp: toTime(startedAt), source };
  const rest = { invocationId: isInvocation ? id : undefined, traceId, retryCount: 0 };
  if (change.change === "begun") {
    const { payload, deadlineMs } = change;
    return { ...known, payload, deadline: deadlineMs === undefined ? undefined : toTime(deadlineMs), ...rest };
  }
  const { response, durationMs, error } = change;
  return { ...known, response, durationMs, error, ...rest };
}

function toTime(ms: number): string {
  return new Date(ms).toISOString();
}

function functionPath(project: string, source: string): string {
  const [service, name] = addressOf(source);
  return `/projects/${project}/services/${encodeURIComponent(service)}/functions/${encodeURIComponent(name)}`;
}

function eventPath(project: string, source: string): string {
  return `/projects/${project}/events/${encodeURIComponent(source.toWellFormed())}`;
}

/** Routing keys by source: there are few, and making one takes longer than all else about a notice. */
const routingKeys = new Map<string, KnownKey[]>();
const MAX_SOURCES = 10_000;

/** A routing key, and what it is made of besides the source. */
interface KnownKey extends Pick<Change, "status" | "isInvocation"> {
  readonly project: string;
  readonly key: string;
}

function routingKey(project: string, change: Change): string {
  const { source, status, isInvocation } = change;
  const known = routingKeys.get(source) ?? [];
  const same = known.find((of) => of.status === status && of.project === project && of.isInvocation === isInvocation);
  if (same !== undefined) return same.key;
  const key = makeRoutingKey(project, change);
  if (routingKeys.size >= MAX_SOURCES) routingKeys.clear();
  routingKeys.set(source, [...known, { project, status, isInvocation, key }]);
  return key;
}

/** Every part is a name, so that it is no pattern to a broker. */
function makeRoutingKey(project: string, { source, isInvocation, status }: Change): string {
  const parts = isInvocation ? addressOf(source) : [source];
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
