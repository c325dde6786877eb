import type { Broker } from "../../mesh/broker.ts";
import { MeshError } from "../../mesh/errors.ts";
import type { Closable } from "../../mesh/lifecycle.ts";
import type { Log } from "../../mesh/log.ts";
import { beginningJson, factsJson } from "../../mesh/record-json.ts";
import { sourceOf } from "../../mesh/recording.ts";
import type { CallFacts, CallRecord, CallRecorder, RecordRule } from "../recording.ts";
import type { BatchJournals } from "./batch-journal.ts";
import type { BatchWriter } from "./batch-writer.ts";
import { intoJournal } from "./batch-writer/into-journal.ts";
import { overBroker } from "./batch-writer/over-broker.ts";
import { RecordBatches } from "./batches.ts";
import { type Clock, systemClock } from "./clock.ts";
import { RecordShipper } from "./record-shipper.ts";
import { payloadJson } from "./recorded-value.ts";
import { RunningRecord } from "./running-record.ts";

export interface RecorderOptions {
  readonly broker: Broker;
  readonly log: Log;
  /** Where records become durable here, and wait until they are shipped. Without it they are when the recorder has them. */
  readonly journals?: BatchJournals | undefined;
  /** How long the recorder of a project may take for a batch. Default 2000 milliseconds. */
  readonly ackMs?: number;
  /** Calls whose end is not recorded yet, at most. Default 10 000. */
  readonly maxOpen?: number;
  readonly clock?: Clock;
}

const ACK_MS = 2000;
const MAX_OPEN = 10_000;
/** How long closing waits for what is not recorded yet, in milliseconds, and then for what is not shipped. */
const CLOSE_MS = 2000;
/** How long whoever asks for records waits for those that are on their way, in milliseconds. */
const CATCH_UP_MS = 1000;
/** How often it is looked for what gateways have left that ended, in milliseconds. */
const TAKE_OVER_MS = 30_000;

/** The records of one project. */
interface ProjectRecords {
  readonly batches: RecordBatches;
  /** Where there is a journal here: what brings it to the functions service. */
  readonly shipper: RecordShipper | undefined;
}

/** Records calls, each with the functions service of its project. */
export class Recorder implements CallRecorder, Closable {
  readonly #options: Required<Omit<RecorderOptions, "journals">> & Pick<RecorderOptions, "journals">;
  readonly #projects = new Map<string, ProjectRecords>();
  #endTakingOver: (() => void) | undefined;
  #open = 0;
  #onAllRecorded: (() => void) | undefined;

  constructor(options: RecorderOptions) {
    this.#options = { ackMs: ACK_MS, maxOpen: MAX_OPEN, clock: systemClock, ...options };
  }

  /** Begins to ship what gateways left in the journals that have ended, now and from time to time. */
  start(): this {
    const { journals, clock } = this.#options;
    if (journals === undefined) return this;
    for (const project of journals.takeOver()) this.#project(project).shipper?.wake();
    this.#endTakingOver = clock.after(TAKE_OVER_MS, () => this.start());
    return this;
  }

  async begin(rule: RecordRule, facts: CallFacts): Promise<CallRecord | undefined> {
    const { broker, clock, maxOpen } = this.#options;
    const { address, callId: id, traceId, deadlineMs, call } = facts;
    if (broker.status !== "connected" || this.#open >= maxOpen) return unrecorded(rule, cannotBeRecorded(facts));

    const startedAt = clock.now();
    const about = factsJson({ id, source: sourceOf(address), startedAt, traceId });
    const payload = rule.payload && payloadJson(call, rule.payload);
    const { batches } = this.#project(address.project);
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

  async caughtUp(project: string): Promise<void> {
    const shipper = this.#projects.get(project)?.shipper;
    if (shipper?.isStuck === false) await shipper.caughtUp(CATCH_UP_MS);
  }

  /** Waits a moment for what is not recorded yet. */
  async close(): Promise<void> {
    const { clock, log, journals } = this.#options;
    this.#endTakingOver?.();
    await new Promise<void>((resolve) => {
      const cancel = clock.after(CLOSE_MS, resolve);
      this.#onAllRecorded = () => {
        cancel();
        resolve();
      };
      this.#ended(0);
    });
    const projects = [...this.#projects.values()];
    await Promise.all(projects.map(async ({ shipper }) => shipper?.caughtUp(CLOSE_MS)));
    for (const { batches, shipper } of projects) {
      batches.close();
      shipper?.close();
    }
    await journals?.close();
    const calls = this.#endings();
    if (calls > 0) log.warn("calls that ended are not recorded", { calls });
  }

  #ended(count: number): void {
    this.#open -= count;
    if (this.#onAllRecorded !== undefined && this.#endings() === 0) this.#onAllRecorded();
  }

  #endings(): number {
    let count = 0;
    for (const { batches } of this.#projects.values()) count += batches.endings;
    return count;
  }

  #project(project: string): ProjectRecords {
    let records = this.#projects.get(project);
    if (records === undefined) {
      records = this.#begin(project);
      this.#projects.set(project, records);
    }
    return records;
  }

  #begin(project: string): ProjectRecords {
    const { journals, broker } = this.#options;
    const options = { ...this.#options, project };
    const batchesOf = (writer: BatchWriter): RecordBatches =>
      new RecordBatches({ ...options, writer, onEnded: (count) => this.#ended(count) });
    if (journals === undefined) return { batches: batchesOf(overBroker(options)), shipper: undefined };
    const journal = journals.of(project);
    const shipper = new RecordShipper({ ...options, journal });
    return { batches: batchesOf(intoJournal({ broker, journal, shipper })), shipper };
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
