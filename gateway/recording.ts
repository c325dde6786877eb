import type { Body } from "../mesh/body.ts";
import type { MeshError } from "../mesh/errors.ts";
import type { FunctionAddress } from "../mesh/names.ts";
import type { Redact } from "./recording/redaction.ts";

/** What a configuration says of recording a function's calls. */
export interface RecordSettings {
  /** `result` is how a call ended and how long it took; `full` is that and what was sent and answered. */
  readonly mode: "off" | "result" | "full";
  /** Whether a call that cannot be recorded is refused, and answered only when its end is recorded. */
  readonly required: boolean;
  /** Paths such as `payload.card.number`. */
  readonly redact: readonly string[];
  /** The largest payload or response that is recorded, as JSON in bytes. */
  readonly maxBytes: number;
}

/** The same, compiled. */
export interface RecordRule {
  readonly isRequired: boolean;
  /** What is kept of what was sent; `undefined` when that is nothing. */
  readonly payload: Keep | undefined;
  readonly response: Keep | undefined;
}

/** What is left of a value: what must not be in it, if anything, and how long its JSON may be. */
export interface Keep {
  readonly redact: Redact | undefined;
  readonly maxBytes: number;
}

/** What is known of a call before it is sent. */
export interface CallFacts {
  readonly address: FunctionAddress;
  readonly callId: string;
  readonly traceId: string;
  readonly deadlineMs: number;
  readonly call: RecordableCall;
}

/** What is recorded of a call's request. */
export interface RecordableCall extends Body {
  /** Of a call that carries HTTP: its method, path and query. */
  readonly params: () => unknown;
  readonly httpHead?: string | undefined;
}

/** What is recorded of a call's answer. */
export interface RecordedReply extends Body {
  /** The head of the HTTP response that it carries. */
  readonly httpHead?: string | undefined;
}

/** Where calls are recorded. */
export interface CallRecorder {
  /**
   * Resolves when it is durable that the call has begun; with `undefined` when it goes unrecorded, as its rule permits.
   * @throws MeshError `worker_unavailable` or `overloaded` when a call cannot be recorded that must be.
   */
  begin(rule: RecordRule, facts: CallFacts): Promise<CallRecord | undefined>;
  /** Resolves when what was recorded before can be read at the functions service of its project, after a second, or when it is known that this takes longer. */
  caughtUp(project: string): Promise<void>;
}

/** The record of a call that has begun. One of these is told once. */
export interface CallRecord {
  /**
   * It was answered. Resolves when that is durable, if its rule asks for that.
   * @throws MeshError `deadline_exceeded` when it does not become so in time.
   */
  succeeded(reply: RecordedReply): Promise<void>;
  /** It failed. Never rejects: that it failed is what the caller is to hear. */
  failed(error: MeshError): Promise<void>;
}
