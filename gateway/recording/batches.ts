import { MeshError } from "../../mesh/errors.ts";
import type { Log } from "../../mesh/log.ts";
import type { BatchWriter } from "./batch-writer.ts";
import type { Clock } from "./clock.ts";
import { Deadlines } from "./deadlines.ts";
import { halves } from "./halves.ts";
import { Waiting, takeFitting } from "./waiting.ts";

/** How the records of a project are written. */
export interface BatchOptions {
  readonly writer: BatchWriter;
  readonly project: string;
  readonly log: Log;
  readonly clock: Clock;
  /** Told how many calls more have ended, and need not be thought of any more. */
  readonly onEnded: (count: number) => void;
}

interface Batch {
  readonly begun: readonly Waiting[];
  readonly ended: readonly Waiting[];
}

const MAX_RECORDS = 512;
const FIRST_PAUSE_MS = 50;
const MAX_PAUSE_MS = 1000;
const NONE: readonly Waiting[] = [];

/**
 * The records of one project on their way to where they are durable. Those that come while a batch is under way make up the next
 * one, so that batches grow with the load and nothing waits for a timer. Beginnings are tried once, endings until they are recorded.
 */
export class RecordBatches {
  readonly #options: BatchOptions;
  readonly #deadlines: Deadlines;
  readonly #begun: Waiting[] = [];
  readonly #ended: Waiting[] = [];
  #endings = 0;
  #underWay: Batch | undefined;
  #isPumping = false;
  #trouble: "away" | "full" | undefined;
  /** Whether endings go by themselves, and have their turn. */
  #isTurnOfEndings = false;
  #pauseMs = 0;
  #endPause: (() => void) | undefined;
  #isClosed = false;

  constructor(options: BatchOptions) {
    this.#options = options;
    this.#deadlines = new Deadlines(options.clock, () => this.#everybody());
  }

  /**
   * Resolves with whether it is durable that a call has begun; `false` when that is not known by `untilMs`.
   * @throws MeshError what the writer throws.
   */
  begin(json: string, untilMs: number): Promise<boolean> {
    return this.#add(this.#begun, new Waiting(json, { untilMs }));
  }

  /**
   * Resolves with whether it is durable that a call has ended; `false` when that is not known by `untilMs`: it will be.
   * @param bareJson the same without what was answered: small, and of a known shape.
   */
  end(json: string, bareJson: string, untilMs: number): Promise<boolean> {
    this.#endings += 1;
    return this.#add(this.#ended, new Waiting(json, { untilMs, bareJson }));
  }

  /** How many calls have ended whose end is not recorded yet. */
  get endings(): number {
    return this.#endings;
  }

  /** Gives up what was not recorded yet. */
  close(): void {
    this.#isClosed = true;
    this.#deadlines.close();
    this.#endPause?.();
  }

  #add(queue: Waiting[], record: Waiting): Promise<boolean> {
    queue.push(record);
    this.#deadlines.add(record.untilMs);
    this.#pumpSoon();
    return record.durable;
  }

  *#everybody(): Iterable<Waiting> {
    const { begun, ended } = this.#underWay ?? { begun: NONE, ended: NONE };
    for (const records of [begun, ended, this.#begun, this.#ended]) yield* records;
  }

  /** What comes within one turn goes together. */
  #pumpSoon(): void {
    if (this.#isPumping || this.#underWay !== undefined) return;
    if (this.#begun.length === 0 && this.#ended.length === 0) return;
    this.#isPumping = true;
    this.#options.clock.afterTurn(this.#pump);
  }

  /** One batch is under way at a time: two would both be smaller, and to write a batch costs more than what is in it. */
  readonly #pump = (): void => {
    this.#isPumping = false;
    if (this.#isClosed) return;
    const batch = this.#next();
    if (batch.begun.length + batch.ended.length === 0) return;
    this.#underWay = batch;
    void this.#send(batch).finally(() => {
      this.#underWay = undefined;
      this.#pumpSoon();
    });
  };

  /**
   * During a pause endings stay where they are; beginnings, whose callers wait, find out whether it is over. Where there is no
   * room for beginnings the two take turns, because beginnings would keep endings from being recorded.
   */
  #next(): Batch {
    const room = { count: MAX_RECORDS, bytes: this.#options.writer.roomBytes / 2 };
    const isFull = this.#trouble === "full";
    const withEndings = this.#endPause === undefined && (!isFull || this.#isTurnOfEndings || this.#begun.length === 0);
    const ended = withEndings ? takeFitting(this.#ended, room) : NONE;
    const withBeginnings = !isFull || ended.length === 0;
    this.#isTurnOfEndings = isFull && withBeginnings;
    return { begun: withBeginnings ? takeFitting(this.#begun, room) : NONE, ended };
  }

  async #send(batch: Batch): Promise<void> {
    const { begun, ended } = batch;
    try {
      await this.#options.writer.write({ begun: begun.map(jsonOf), ended: ended.map(jsonOf) });
    } catch (error) {
      return this.#failed(batch, error);
    }
    this.#isBack(begun.length > 0);
    for (const each of begun) each.done();
    this.#haveEnded(ended);
  }

  async #failed(batch: Batch, error: unknown): Promise<void> {
    const { begun, ended } = batch;
    const code = MeshError.from(error).code;
    if (code === "invalid_request" || code === "payload_too_large") return this.#refused(batch, error);
    this.#ended.unshift(...ended);
    if (code === "overloaded" && begun.length > 0) this.#full(error);
    else this.#away(error);
    for (const each of begun) each.failed(error);
  }

  /** The records themselves are at fault. One that nobody takes must not keep the others from being recorded. */
  async #refused(batch: Batch, error: unknown): Promise<void> {
    const { begun, ended } = batch;
    if (begun.length + ended.length > 1) {
      for (const half of halves(batch)) await this.#send(half);
      return;
    }
    begun[0]?.failed(error);
    const [ending] = ended;
    if (ending === undefined) return;
    if (ending.strip()) return this.#send(batch);
    const { project, log } = this.#options;
    log.error("the end of a call cannot be recorded", { project, error });
    this.#haveEnded(ended);
  }

  #haveEnded(ended: readonly Waiting[]): void {
    for (const each of ended) each.done();
    this.#endings -= ended.length;
    this.#options.onEnded(ended.length);
  }

  #isBack(withBeginnings: boolean): void {
    this.#pauseMs = 0;
    this.#resume();
    if (this.#trouble === undefined || (this.#trouble === "full" && !withBeginnings)) return;
    this.#trouble = undefined;
    this.#options.log.info("invocations are recorded again", { project: this.#options.project });
  }

  #full(error: unknown): void {
    this.#say("full", error);
    this.#resume();
    this.#isTurnOfEndings = true;
  }

  #away(error: unknown): void {
    this.#say("away", error);
    if (this.#endPause !== undefined || this.#isClosed) return;
    this.#pauseMs = Math.min(MAX_PAUSE_MS, Math.max(FIRST_PAUSE_MS, 2 * this.#pauseMs));
    this.#endPause = this.#options.clock.after(this.#pauseMs, () => {
      this.#endPause = undefined;
      this.#pumpSoon();
    });
  }

  #say(trouble: "away" | "full", error: unknown): void {
    const { project, log } = this.#options;
    if (this.#trouble !== trouble) log.error("invocations cannot be recorded", { project, error });
    this.#trouble = trouble;
  }

  #resume(): void {
    this.#endPause?.();
    this.#endPause = undefined;
  }
}

function jsonOf({ json }: Waiting): string {
  return json;
}
