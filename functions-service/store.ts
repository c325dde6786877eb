import type { EventOutcome, EventStatus, StoredEvent } from "../mesh/event.ts";
import type { FunctionInput, FunctionVersion, StoredFunction, Traffic } from "../mesh/function.ts";
import type { Closable } from "../mesh/lifecycle.ts";

/** What is known of functions, events and of what is still to be told. Adapters: `store/sqlite.ts`, `store/postgres.ts`. */
export interface Store extends Closable {
  readonly functions: FunctionStore;
  readonly events: EventStore;
  readonly outbox: Outbox;
  /** Whether the store answers; rejects when it does not. */
  ping(signal?: AbortSignal): Promise<void>;
}

/** One page of a listing. */
export interface Page<Item> {
  readonly items: readonly Item[];
  /** Gives the page after this one; `undefined` on the last. Opaque. */
  readonly next: string | undefined;
}

export interface PageRequest {
  /** 1 to 1000. */
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** Stored functions of all projects. Everything is asked for within one project. */
export interface FunctionStore {
  /** @throws MeshError `invalid_request`, status 409, when the label is taken. */
  create(project: string, input: FunctionInput, by: string): Promise<StoredFunction>;
  get(project: string, id: string): Promise<StoredFunction | undefined>;
  findByLabel(project: string, label: string): Promise<StoredFunction | undefined>;
  /** By label. @throws MeshError `invalid_request` for a cursor that is none. */
  list(project: string, page: PageRequest): Promise<Page<StoredFunction>>;
  /**
   * Makes a new version of a function.
   * @param options.ifUpdatedAt the `updatedAt` the change is based on.
   * @throws MeshError `function_not_found`; `invalid_request` with status 412 when it has changed since, 409 when the new
   *   label is taken.
   */
  update(
    project: string,
    id: string,
    input: FunctionInput,
    options: { readonly by: string; readonly ifUpdatedAt?: string | undefined },
  ): Promise<StoredFunction>;
  /** Versions of a function, newest first. */
  versions(project: string, id: string, page: PageRequest): Promise<Page<FunctionVersion>>;
  version(project: string, id: string, version: number): Promise<FunctionVersion | undefined>;
  /** @throws MeshError `function_not_found`; `invalid_request` for versions that are not there. */
  setTraffic(project: string, id: string, traffic: Traffic): Promise<StoredFunction>;
  setStatus(project: string, id: string, status: StoredFunction["status"], url?: string): Promise<StoredFunction>;
  /** Whether there was one. Its events stay. */
  remove(project: string, id: string): Promise<boolean>;
}

/** What is asked of events; all that is given must hold. */
export interface EventFilter {
  readonly source?: string | undefined;
  readonly type?: string | undefined;
  readonly status?: EventStatus | undefined;
  readonly traceId?: string | undefined;
  /** RFC 3339, inclusive. */
  readonly since?: string | undefined;
  /** RFC 3339, exclusive. */
  readonly until?: string | undefined;
}

/** Events of all projects. Inserting and settling also puts the notices into the outbox, in the same transaction. */
export interface EventStore {
  /** All of them or none. An id that is there already is left as it is, so that a batch may be sent again. */
  insert(events: readonly StoredEvent[], notices: readonly NewNotice[]): Promise<void>;
  /** Ends events that are pending, each with its notice; those that ended before are left alone. Gives the ids it ended. */
  settle(outcomes: readonly (EventOutcome & { readonly notice: NewNotice })[]): Promise<readonly string[]>;
  get(project: string, id: string): Promise<StoredEvent | undefined>;
  /** Newest first. @throws MeshError `invalid_request` for a cursor that is none. */
  list(project: string, filter: EventFilter, page: PageRequest): Promise<Page<StoredEvent>>;
  /** Whether there was one. */
  remove(project: string, id: string): Promise<boolean>;
  /** Invocations of all projects that are pending though their deadline was before `at`, the longest overdue first. */
  overdue(at: Date, limit: number): Promise<readonly StoredEvent[]>;
}

/** What is to be told to the outside: one CloudEvent. */
export interface NewNotice {
  /** The CloudEvent's id, and the message's: whoever gets it twice knows by it. */
  readonly id: string;
  readonly project: string;
  /** The event it is about. */
  readonly eventId: string;
  /** `<project>.<service>.<function>.<status>`, or with the source in place of service and function. */
  readonly routingKey: string;
  /** The CloudEvent as JSON text. */
  readonly body: string;
}

/** A notice in the order in which it was put into the outbox. */
export interface Notice extends NewNotice {
  readonly sequence: number;
}

/** What is still to be told. */
export interface Outbox {
  /** The oldest notices after a sequence, in order. */
  next(after: number, limit: number): Promise<readonly Notice[]>;
  /** Forgets notices that were confirmed. */
  sent(sequences: readonly number[]): Promise<void>;
  /** How many wait, and for how long the oldest has, in milliseconds. */
  backlog(): Promise<{ readonly count: number; readonly oldestMs: number }>;
}
