import type { Broker } from "../../mesh/broker.ts";
import { MeshError } from "../../mesh/errors.ts";
import type { Closable } from "../../mesh/lifecycle.ts";
import type { Log } from "../../mesh/log.ts";
import { type Beginning, sourceOf } from "../../mesh/recording.ts";
import type { CallFacts, CallRecord, CallRecorder, RecordRule } from "../recording.ts";
import { RecordBatches } from "./batches.ts";
import { type Outcome, RunningRecord } from "./running-record.ts";
import { payloadJson } from "./recorded-value.ts";
import { isWithin } from "./time-limit.ts";
import { withMember } from "./with-member.ts";

export interface RecorderOptions {
  readonly broker: Broker;
  readonly log: Log;
  /** How long the recorder of a project may take for a batch. Default 2000 milliseconds. */
  readonly ackMs?: number;
  /** Calls whose end is not recorded yet, at most. Default 10 000. */
  readonly maxOpen?: number;
  readonly now?: () => number;
  /** Runs a function after so many milliseconds. Default `setTimeout`. */
  readonly after?: (ms: number, run: () => void) => void;
}

const ACK_MS = 2000;
const MAX_OPEN = 10_000;
/** How long closing waits for what is not recorded yet, in milliseconds. */
const CLOSE_MS = 2000;

/** Records calls over the broker, each with the functions service of its project. */
export class Recorder implements CallRecorder, Closable {
  readonly #options: Required<RecorderOptions>;
  readonly #projects = new Map<string, RecordBatches>();
  readonly #endings = new Set<Promise<void>>();
  #open = 0;

  constructor(options: RecorderOptions) {
    const after = (ms: number, run: () => void): void => void setTimeout(run, ms);
    this.#options = { ackMs: ACK_MS, maxOpen: MAX_OPEN, now: Date.now, after, ...options };
  }

  async begin(rule: RecordRule, facts: CallFacts): Promise<CallRecord | undefined> {
    const { broker, now, maxOpen } = this.#options;
    const { address, callId, traceId, deadlineMs, call } = facts;
    const startedAt = now();
    const about = { id: callId, source: sourceOf(address), startedAt, traceId };
    const { project } = address;
    const refused = (cause?: unknown): undefined => {
      if (rule.isRequired) throw cannotBeRecorded(facts, cause);
      return undefined;
    };
    if (broker.status !== "connected" || this.#open >= maxOpen) return refused();

    const beginning: Beginning = { ...about, deadlineMs };
    const payload = rule.isFull ? payloadJson(call, { ...rule, redact: rule.redactPayload }) : undefined;
    const record = new RunningRecord(about, {
      rule,
      deadlineMs,
      now,
      end: (outcome) => this.#end(project, outcome),
    });
    this.#open += 1;
    const begun = this.#batches(project).begin(withMember(JSON.stringify(beginning), "payload", payload));
    try {
      if (await isWithin(deadlineMs - startedAt, begun)) return record.started();
    } catch (error) {
      // It reached nobody: there is nothing to be ended.
      if (error instanceof MeshError && error.code === "worker_unavailable") {
        this.#open -= 1;
        return refused(error);
      }
      if (!rule.isRequired) return record.started();
      void record.failed(cannotBeRecorded(facts, error));
      return refused(error);
    }
    const late = cannotBeRecorded(facts);
    void record.failed(late);
    throw late;
  }

  /** Waits a moment for what is not recorded yet. */
  async close(): Promise<void> {
    await isWithin(CLOSE_MS, Promise.allSettled(this.#endings));
    for (const batches of this.#projects.values()) batches.close();
    if (this.#endings.size === 0) return;
    this.#options.log.warn("calls that ended are not recorded", { calls: this.#endings.size });
  }

  #end(project: string, { json, bareJson }: Outcome): Promise<void> {
    const { log } = this.#options;
    const batches = this.#batches(project);
    const ending = batches
      .end(json)
      // Without the response it is small, and of a known shape.
      .catch(() => batches.end(bareJson))
      .catch((error: unknown) => log.error("the end of a call cannot be recorded", { project, error }))
      .finally(() => {
        this.#open -= 1;
        this.#endings.delete(ending);
      });
    this.#endings.add(ending);
    return ending;
  }

  #batches(project: string): RecordBatches {
    let batches = this.#projects.get(project);
    if (batches === undefined) {
      batches = new RecordBatches({ ...this.#options, project });
      this.#projects.set(project, batches);
    }
    return batches;
  }
}

function cannotBeRecorded({ address: { service, function: name } }: CallFacts, cause?: unknown): MeshError {
  const text = `calls of "${service}.${name}" are recorded, and at the moment they cannot be recorded; try again`;
  return new MeshError("worker_unavailable", text, { retryAfterSeconds: 1, cause });
}
