import type { EventStatus } from "../../mesh/event.ts";
import type { FunctionInput, StoredFunction } from "../../mesh/function.ts";
import type { JobKind, JobState } from "../../mesh/job.ts";

/** The tables of a store as they are read. Times are milliseconds since 1970; what is called JSON is JSON text. */
export interface Tables {
  functions: FunctionsTable;
  function_versions: FunctionVersionsTable;
  events: EventsTable;
  journal: JournalTable;
  journal_marks: JournalMarksTable;
  sinks: SinksTable;
  jobs: JobsTable;
  images: ImagesTable;
}

export interface FunctionsTable {
  id: string;
  project: string;
  label: string;
  /** The latest. */
  version: number;
  status: StoredFunction["status"];
  url: string | null;
  /** JSON. */
  traffic: string;
  /** 1 from when a deployer is asked to deploy it until it has removed it; 0 otherwise. */
  handed_over: number;
  created_at: number;
  created_by: string;
  updated_at: number;
}

export interface FunctionVersionsTable {
  function_id: string;
  version: number;
  /** As it was then: the function may have been renamed since. */
  label: string;
  description: string;
  template: FunctionInput["template"];
  runtime: FunctionInput["runtime"];
  handler: string;
  /** JSON, like the two that follow. */
  env: string;
  secrets: string;
  dependencies: string;
  timeout_ms: number;
  /** JSON, like the one that follows. */
  scale: string;
  resources: string;
  network: FunctionInput["network"];
  created_at: number;
  created_by: string;
}

export interface EventsTable {
  project: string;
  id: string;
  type: string;
  status: EventStatus;
  happened_at: number;
  source: string;
  /** JSON, or null for `undefined`. */
  payload: string | null;
  invocation_id: string | null;
  deadline: number | null;
  /** JSON, or null for `undefined`. */
  response: string | null;
  duration_ms: number | null;
  /** JSON. */
  error: string | null;
  trace_id: string | null;
  retry_count: number;
}

/** Changes of one project that were written together. */
export interface JournalTable {
  /** The sequence of the first of them; the others follow. */
  first: number;
  count: number;
  project: string;
  written_at: number;
  /** JSON: a list of changes, or a batch of invocations as it came. */
  body: string;
  /** JSON: the places in the list of those that did not count; null when all of them did. */
  dropped: string | null;
}

export interface JournalMarksTable {
  /** `projected`: what the events show. */
  name: "projected";
  /** All up to this sequence. */
  position: number;
}

export interface SinksTable {
  name: string;
  /** All up to this sequence is confirmed. */
  position: number;
  /** Who works for it, and until when that is so unless it is prolonged. */
  holder: string | null;
  held_until: number | null;
}

export interface JobsTable {
  id: string;
  project: string;
  kind: JobKind;
  function_id: string;
  label: string;
  version: number;
  /** Of a deployment: what the version is to get. */
  percent: number | null;
  state: JobState;
  /** JSON, like what follows. */
  progress: string;
  outcome: string;
  /** Which process works on it, and until when that is so unless it is prolonged. */
  holder: string | null;
  held_until: number | null;
  created_at: number;
  created_by: string;
  started_at: number | null;
  ended_at: number | null;
}

/** What was built of a version last. */
export interface ImagesTable {
  function_id: string;
  version: number;
  reference: string;
  repository: string;
  digest: string;
  built_at: number;
}
