import { type Broker, payloadRoom } from "../../mesh/broker.ts";
import { decodeReply } from "../../mesh/call.ts";
import { MeshError } from "../../mesh/errors.ts";
import type { Log } from "../../mesh/log.ts";
import { recordSubject } from "../../mesh/names.ts";
import { encodeBatch } from "../../mesh/recording.ts";

/** How the records of a project are sent. */
export interface BatchOptions {
  readonly broker: Broker;
  readonly project: string;
  readonly log: Log;
  /** How long the recorder may take for a batch, in milliseconds. */
  readonly ackMs: number;
  /** Runs a function after so many milliseconds. */
  readonly after: (ms: number, run: () => void) => void;
}

/** A record that waits for its turn, or for its acknowledgement. */
interface Waiting {
  readonly json: string;
  resolve(): void;
  reject(error: unknown): void;
}

interface Batch {
  readonly begun: readonly Waiting[];
  readonly ended: readonly Waiting[];
}

const MAX_RECORDS = 512;
const FIRST_PAUSE_MS = 50;
const MAX_PAUSE_MS = 1000;

/**
 * The records of one project on their way to its recorder. Those that come while a batch is under way make up the next one, so
 * that batches grow with the load and nothing waits for a timer. Beginnings are tried once, endings until they are recorded.
 */
export class RecordBatches {
  readonly #options: BatchOptions;
  readonly #subject: string;
  #begun: Waiting[] = [];
  #ended: Waiting[] = [];
  #isSending = false;
  #isAway = false;
  #pauseMs = 0;
  #isPausing = false;
  #isClosed = false;

  constructor(options: BatchOptions) {
    this.#options = options;
    this.#subject = recordSubject(options.project);
  }

  /**
   * Resolves when it is durable that a call has begun.
   * @throws MeshError as `Broker.request`, or what the recorder says.
   */
  begin(json: string): Promise<void> {
    return this.#add(this.#begun, json);
  }

  /**
   * Resolves when it is durable that a call has ended, however long that takes.
   * @throws MeshError `invalid_request` or `payload_too_large` for a record that nobody takes.
   */
  end(json: string): Promise<void> {
    return this.#add(this.#ended, json);
  }

  /** Gives up what was not recorded yet. */
  close(): void {
    this.#isClosed = true;
  }

  #add(queue: Waiting[], json: string): Promise<void> {
    return new Promise((resolve, reject) => {
      queue.push({ json, resolve, reject });
      this.#pump();
    });
  }

  /** One batch is under way at a time: two would both be smaller, and to write a batch costs more than what is in it. */
  #pump(): void {
    if (this.#isSending || this.#isClosed) return;
    const batch = this.#next();
    if (batch.begun.length + batch.ended.length === 0) return;
    this.#isSending = true;
    void this.#send(batch).finally(() => {
      this.#isSending = false;
      this.#pump();
    });
  }

  /** During a pause endings stay where they are; beginnings, whose callers wait, find out whether it is over. */
  #next(): Batch {
    const room = payloadRoom(this.#options.broker);
    const ended = this.#isPausing ? [] : splice(this.#ended, { count: MAX_RECORDS, bytes: room / 2 });
    return { begun: splice(this.#begun, { count: MAX_RECORDS, bytes: room / 2 }), ended };
  }

  async #send(batch: Batch): Promise<void> {
    const { broker, ackMs } = this.#options;
    const { begun, ended } = batch;
    try {
      const payload = encodeBatch(begun.map(jsonOf), ended.map(jsonOf));
      decodeReply(await broker.request(this.#subject, { payload, headers: {} }, { timeoutMs: ackMs }));
    } catch (error) {
      return this.#failed(batch, error);
    }
    this.#isBack();
    for (const each of begun) each.resolve();
    for (const each of ended) each.resolve();
  }

  async #failed(batch: Batch, error: unknown): Promise<void> {
    const { begun, ended } = batch;
    if (isRefusal(error)) {
      const [first, ...rest] = [...begun, ...ended];
      if (rest.length === 0) return first?.reject(error);
      // One record that nobody takes must not keep the others from being recorded.
      for (const half of halves(batch)) await this.#send(half);
      return;
    }
    this.#ended.unshift(...ended);
    this.#away(error);
    for (const each of begun) each.reject(error);
  }

  #isBack(): void {
    this.#pauseMs = 0;
    this.#isPausing = false;
    if (!this.#isAway) return;
    this.#isAway = false;
    this.#options.log.info("invocations are recorded again", { project: this.#options.project });
  }

  #away(error: unknown): void {
    const { project, log, after } = this.#options;
    if (!this.#isAway) log.error("invocations cannot be recorded", { project, error });
    this.#isAway = true;
    if (this.#isPausing || this.#isClosed) return;
    this.#isPausing = true;
    this.#pauseMs = Math.min(MAX_PAUSE_MS, Math.max(FIRST_PAUSE_MS, 2 * this.#pauseMs));
    after(this.#pauseMs, () => {
      this.#isPausing = false;
      this.#pump();
    });
  }
}

/** The records themselves are at fault, not the way to the recorder. */
function isRefusal(error: unknown): boolean {
  return error instanceof MeshError && (error.code === "invalid_request" || error.code === "payload_too_large");
}

/** Takes from the front of a queue what fits: at least one, however long it is. */
function splice(queue: Waiting[], most: { readonly count: number; readonly bytes: number }): Waiting[] {
  let count = 0;
  let units = 0;
  for (const { json } of queue) {
    units += json.length + 1;
    // Counted as if every character took three bytes, which none exceeds.
    if (count === most.count || (count > 0 && 3 * units > most.bytes)) break;
    count += 1;
  }
  return queue.splice(0, count);
}

function halves({ begun, ended }: Batch): Batch[] {
  if (begun.length > 0 && ended.length > 0)
    return [
      { begun, ended: [] },
      { begun: [], ended },
    ];
  const middle = Math.ceil(Math.max(begun.length, ended.length) / 2);
  return [
    { begun: begun.slice(0, middle), ended: ended.slice(0, middle) },
    { begun: begun.slice(middle), ended: ended.slice(middle) },
  ];
}

function jsonOf({ json }: Waiting): string {
  return json;
}
