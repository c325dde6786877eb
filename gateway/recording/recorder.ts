import type { Broker } from "../../mesh/broker.ts";
import { MeshError } from "../../mesh/errors.ts";
import type { Closable } from "../../mesh/lifecycle.ts";
import type { Log } from "../../mesh/log.ts";
import { beginningJson, factsJson } from "../../mesh/record-json.ts";
import { sourceOf } from "../../mesh/recording.ts";
import type { CallFacts, CallRecord, CallRecorder, RecordRule } from "../recording.ts";
import { RecordBatches } from "./batches.ts";
import { type Clock, systemClock } from "./clock.ts";
import { payloadJson } from "./recorded-value.ts";
import { RunningRecord } from "./running-record.ts";

export interface RecorderOptions {
  readonly broker: Broker;
  readonly log: Log;
  /** How long the recorder of a project may take for a batch. Default 2000 milliseconds. */
  readonly ackMs?: number;
  /** Calls whose end is not recorded yet, at most. Default 10 000. */
  readonly maxOpen?: number;
  readonly clock?: Clock;
}

const ACK_MS = 2000;
const MAX_OPEN = 10_000;
/** How long closing waits for what is not recorded yet, in milliseconds. */
const CLOSE_MS = 2000;

/** Records calls over the broker, each with the functions service of its project. */
export class Recorder implements CallRecorder, Closable {
  readonly #options: Required<RecorderOptions>;
  readonly #projects = new Map<string, RecordBatches>();
  #open = 0;
  #onAllRecorded: (() => void) | undefined;

  constructor(options: RecorderOptions) {
    this.#options = { ackMs: ACK_MS, maxOpen: MAX_OPEN, clock: systemClock, ...options };
  }

  async begin(rule: RecordRule, facts: CallFacts): Promise<CallRecord | undefined> {
    const { broker, clock, maxOpen } = this.#options;
    const { address, callId: id, traceId, deadlineMs, call } = facts;
    if (broker.status !== "connected" || this.#open >= maxOpen) return unrecorded(rule, cannotBeRecorded(facts));

    const startedAt = clock.now();
    const about = factsJson({ id, source: sourceOf(address), startedAt, traceId });
    const payload = rule.payload && payloadJson(call, rule.payload);
    const batches = this.#batches(address.project);
    const record = new RunningRecord(about, { rule, deadlineMs, clock, batches });
    this.#open += 1;
    try {
      if (await batches.begin(beginningJson(about, deadlineMs, payload), deadlineMs)) return record.started();
    } catch (error) {
      const refusal = cannotBeRecorded(facts, error);
      if (hasNotBegun(error)) {
        this.#ended(1);
        return unrecorded(rule, refusal);
      }
      if (!rule.isRequired) return record.started();
      void record.failed(refusal);
      throw refusal;
    }
    const late = cannotBeRecorded(facts);
    void record.failed(late);
    throw late;
  }

  /** Waits a moment for what is not recorded yet. */
  async close(): Promise<void> {
    const { clock, log } = this.#options;
    await new Promise<void>((resolve) => {
      const cancel = clock.after(CLOSE_MS, resolve);
      this.#onAllRecorded = () => {
        cancel();
        resolve();
      };
      this.#ended(0);
    });
    for (const batches of this.#projects.values()) batches.close();
    const calls = this.#endings();
    if (calls > 0) log.warn("calls that ended are not recorded", { calls });
  }

  #ended(count: number): void {
    this.#open -= count;
    if (this.#onAllRecorded !== undefined && this.#endings() === 0) this.#onAllRecorded();
  }

  #endings(): number {
    let count = 0;
    for (const { endings } of this.#projects.values()) count += endings;
    return count;
  }

  #batches(project: string): RecordBatches {
    let batches = this.#projects.get(project);
    if (batches === undefined) {
      batches = new RecordBatches({ ...this.#options, project, onEnded: (count) => this.#ended(count) });
      this.#projects.set(project, batches);
    }
    return batches;
  }
}

/** Nothing of it is written: there is nothing to be ended. */
function hasNotBegun(error: unknown): error is MeshError {
  return error instanceof MeshError && (error.code === "worker_unavailable" || error.code === "overloaded");
}

/** @throws the refusal of a call that has to be recorded; others go on without a record. */
function unrecorded({ isRequired }: RecordRule, refusal: MeshError): undefined {
  if (isRequired) throw refusal;
  return undefined;
}

function cannotBeRecorded({ address: { service, function: name } }: CallFacts, cause?: unknown): MeshError {
  const isFull = cause instanceof MeshError && cause.code === "overloaded";
  const why = isFull ? "more records wait than there is room for" : "at the moment they cannot be recorded";
  const text = `calls of "${service}.${name}" are recorded, and ${why}; try again`;
  return new MeshError(isFull ? "overloaded" : "worker_unavailable", text, { retryAfterSeconds: 1, cause });
}
