import type { EventStatus, StoredEvent } from "../mesh/event.ts";
import type { EventSummary } from "../mesh/event-summary.ts";
import type { FunctionInput, FunctionVersion, StoredFunction, Traffic } from "../mesh/function.ts";
import type { BuiltImage, DeployedAt, Job, JobError, JobKind, JobProgress } from "../mesh/job.ts";
import type { Closable } from "../mesh/lifecycle.ts";

/** What is known of functions, events and of what is still to be told. Adapters: `store/sqlite.ts`, `store/postgres.ts`. */
export interface Store extends Closable {
  readonly functions: FunctionStore;
  readonly events: EventStore;
  readonly journal: Journal;
  readonly jobs: JobStore;
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
   * @throws MeshError `function_not_found`; `invalid_request` with status 412 when it has changed since, 409 when the new
   *   label is taken, or a deployer knows it by the old one.
   */
  update(
    project: string,
    id: string,
    input: FunctionInput,
    options: { readonly by: string } & ChangeCondition,
  ): Promise<StoredFunction>;
  /** Versions of a function, newest first. */
  versions(project: string, id: string, page: PageRequest): Promise<Page<FunctionVersion>>;
  version(project: string, id: string, version: number): Promise<FunctionVersion | undefined>;
  /**
   * @param traffic what it is to be, or how that follows from what it is; nobody else changes it meanwhile.
   * @throws MeshError `function_not_found`; `invalid_request` for versions that are not there, with status 412 when the
   *   function has changed since, and 409 while a job deploys it; what `traffic` throws.
   */
  setTraffic(
    project: string,
    id: string,
    traffic: Traffic | ((current: Traffic) => Traffic),
    condition?: ChangeCondition,
  ): Promise<StoredFunction>;
  setStatus(project: string, id: string, status: StoredFunction["status"], url?: string): Promise<StoredFunction>;
  /** Writes down that a deployer is going to know of it, before it does. @throws MeshError `function_not_found`. */
  handOver(project: string, id: string): Promise<StoredFunction>;
  /** Whether a deployer may know of it. */
  isHandedOver(project: string, id: string): Promise<boolean>;
  /** No deployer knows of it any more. @throws MeshError `function_not_found`, and as `refuseWhileDeploying`. */
  takeBack(project: string, id: string): Promise<StoredFunction>;
  /** @throws MeshError `invalid_request`, status 409, while a job deploys it. */
  refuseWhileDeploying(project: string, id: string): Promise<void>;
  /** Whether there was one. Its events stay. @throws MeshError `invalid_request` with status 412 when it has changed since. */
  remove(project: string, id: string, condition?: ChangeCondition): Promise<boolean>;
}

/** What must still hold of a function when it is changed. */
export interface ChangeCondition {
  /** The `updatedAt` that the change is based on. Default: any. */
  readonly ifUpdatedAt?: string | undefined;
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

/** What a summary is of: events that began from `since` until `until`. */
export interface SummaryRequest extends EventFilter {
  readonly since: string;
  readonly until: string;
  /** Into how many parts of the same length the time is divided, at most: 1 to 500. */
  readonly buckets: number;
}

/** Events of all projects, as they stand: reading one waits until all that was appended to the journal before is seen in it. */
export interface EventStore {
  get(project: string, id: string): Promise<StoredEvent | undefined>;
  /** Newest first. @throws MeshError `invalid_request` for a cursor that is none. */
  list(project: string, filter: EventFilter, page: PageRequest): Promise<Page<StoredEvent>>;
  /** How they went. @throws MeshError `invalid_request` for times that are none, or in the wrong order. */
  summarize(project: string, request: SummaryRequest): Promise<EventSummary>;
  /** Whether there was one. */
  remove(project: string, id: string): Promise<boolean>;
  /** Invocations of all projects that are pending though their deadline was before `at`, the longest overdue first. */
  overdue(at: Date, limit: number): Promise<readonly StoredEvent[]>;
  /** Forgets events of all projects that began before `before` and have ended: at most `limit`. Gives how many. */
  prune(before: Date, limit: number): Promise<number>;
}

/** What has happened to an event. It begins once, and ends once: the first word counts, others change nothing. */
export type Change = EventBegun | EventEnded;

/** What every change says of its event, so that nobody has to look up how it began. Times are milliseconds since 1970. */
interface EventFacts {
  /** UUID; of an invocation, the call's id. */
  readonly id: string;
  readonly type: string;
  /** A stored function's label, `<service>.<function>` of another one, or what the client said. */
  readonly source: string;
  /** When it happened or began. */
  readonly startedAt: number;
  /** Only of invocations, like the deadline. */
  readonly traceId?: string | undefined;
  readonly isInvocation: boolean;
}

export interface EventBegun extends EventFacts {
  readonly change: "begun";
  /** Mostly `PENDING`; what a client records may have ended already. */
  readonly status: EventStatus;
  readonly payload?: unknown;
  /** When its caller stops waiting. */
  readonly deadlineMs?: number | undefined;
}

export interface EventEnded extends EventFacts {
  readonly change: "ended";
  readonly status: Exclude<EventStatus, "PENDING">;
  readonly endedAt: number;
  readonly durationMs?: number | undefined;
  readonly response?: unknown;
  readonly error?: StoredEvent["error"];
}

/** A change that counted, with its place in the journal. */
export interface Transition {
  /** Counts up from 1 through all projects; the same for ever. Some are left out. */
  readonly sequence: number;
  readonly project: string;
  readonly change: Change;
}

/**
 * What happened to events, in the order in which it was written. It is where changes become durable, the events themselves
 * follow a moment later; and it is the outbox: what sinks have not confirmed stays in it.
 */
export interface Journal {
  /**
   * Writes changes of one project, all of them or none; durable when it resolves. May be told twice.
   * @param batchJson the batch of invocations whose changes these are, if they came as one: it is kept as it is.
   * @throws MeshError `invalid_request` for a time that is none, `overloaded` when an event would begin while more wait
   *   for a sink than the journal may hold.
   */
  append(project: string, changes: readonly Change[], batchJson?: string): Promise<void>;
  /** Brings the events up to date with all that was appended before. Whether there was anything to do. */
  project(): Promise<boolean>;
  /**
   * Transitions after a sequence, in order; of one project or all. Only those that the events have.
   * @returns `end`: where to go on. It may be beyond the last transition that is given.
   */
  read(
    after: number,
    options: { readonly limit: number; readonly project?: string | undefined },
  ): Promise<{ readonly transitions: readonly Transition[]; readonly end: number }>;
  /** The sequences that can be read: from after `start` up to `end`. */
  bounds(): Promise<{ readonly start: number; readonly end: number }>;
  /** Forgets what every sink has confirmed and was written before `before`. */
  prune(before: Date): Promise<void>;
  readonly sinks: SinkPositions;
}

/** How far each sink has got, however many processes share the journal: one at a time works for a sink. */
export interface SinkPositions {
  /** Names all sinks there are: new ones begin at the end, those not named are forgotten. */
  keep(names: readonly string[]): Promise<void>;
  /**
   * Takes or prolongs the right to work for a sink.
   * @param holder who asks: a random name of the process.
   * @returns the last sequence it confirmed, or `undefined` while another process has the right.
   */
  hold(name: string, holder: string, forMs: number): Promise<number | undefined>;
  /** All up to `position` is confirmed. Whether the right was still the holder's; nothing is written otherwise. */
  advance(name: string, holder: string, position: number): Promise<boolean>;
  /** Gives the right back at once. */
  release(name: string, holder: string): Promise<void>;
  status(): Promise<readonly SinkStatus[]>;
}

export interface SinkStatus {
  readonly name: string;
  /** The last sequence that it confirmed. */
  readonly position: number;
  /** How many sequences wait, and for how long the oldest has, in milliseconds. */
  readonly backlog: number;
  readonly oldestMs: number;
}

/** What is to be done with a version. */
export interface NewJob {
  readonly kind: JobKind;
  readonly functionId: string;
  readonly label: string;
  readonly version: number;
  readonly createdBy: string;
  /** Of a deployment: percent of the calls that the version is to get. */
  readonly percent?: number | undefined;
}

/** How a job ended. */
export type JobOutcome =
  | { readonly state: "succeeded"; readonly image: BuiltImage; readonly deployed?: DeployedAt }
  | { readonly state: "failed"; readonly error: JobError }
  | { readonly state: "cancelled" };

/** Jobs of all projects. Several processes may work on them, each on its own: a job has one holder at a time. */
export interface JobStore {
  /** Queues a job; gives the one that is under way for the same version instead, when there is one. */
  create(project: string, job: NewJob): Promise<Job>;
  get(project: string, id: string): Promise<Job | undefined>;
  /** Newest first. @throws MeshError `invalid_request` for a cursor that is none. */
  list(project: string, filter: { readonly functionId?: string | undefined }, page: PageRequest): Promise<Page<Job>>;
  /**
   * The oldest job of a project that waits, or whose holder is gone; it is the holder's then, and running. A function is deployed
   * by one job at a time.
   */
  take(project: string, holder: string, forMs: number): Promise<Job | undefined>;
  /** Keeps a job, and tells how far it is. Whether it is still the holder's: it is not when it was cancelled. */
  hold(
    id: string,
    holder: string,
    options: { readonly forMs: number; readonly progress: JobProgress },
  ): Promise<boolean>;
  /** Keeps what the holder's job has built while it goes on. Whether it was still the holder's. */
  keepImage(id: string, holder: string, image: BuiltImage): Promise<boolean>;
  /** Ends the holder's job, and keeps what came out of it. Whether it was still the holder's. */
  end(id: string, holder: string, outcome: JobOutcome, progress: JobProgress): Promise<boolean>;
  /** Ends a job that is under way; whoever works on it finds out when it next holds it. Gives the job as it is then. */
  cancel(project: string, id: string): Promise<Job | undefined>;
  /** What was built of a version last. */
  image(project: string, functionId: string, version: number): Promise<BuiltImage | undefined>;
}
