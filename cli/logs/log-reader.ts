import type { Broker, Message, Subscription } from "../../mesh/broker.ts";
import {
  type LogQuestion,
  type ReceivedLine,
  decodeLines,
  encodeQuestion,
  isAtLeast,
  isOfTrace,
} from "../../mesh/log-feed.ts";
import { logSubject, recentLogsSubject } from "../../mesh/subjects.ts";
import { askAll } from "../../gateway/mesh-view/ask-all.ts";
import { type LogRecord, readRecord } from "./log-record.ts";

/** Whose lines are read, and which of them. */
export interface LogSelection {
  readonly project: string;
  readonly service: string | undefined;
  readonly level: LogQuestion["level"];
  readonly traceId: string | undefined;
}

/**
 * Reads the log lines of a mesh: those its workers remember, then those that come, each once and in the order of their
 * time as far as that is known.
 */
export class LogReader {
  readonly #selection: LogSelection;
  readonly #show: (record: LogRecord) => void;
  /** The last line of each worker that was shown. */
  readonly #lastNumbers = new Map<string, number>();
  /** Lines that came while the recent ones were still being gathered. */
  #waiting: LogRecord[] | undefined;

  constructor(selection: LogSelection, show: (record: LogRecord) => void) {
    this.#selection = selection;
    this.#show = show;
  }

  /** Hands over lines as they come. */
  follow(broker: Broker): Subscription {
    const { project, service } = this.#selection;
    return broker.subscribe(logSubject(project, service), {}, (message) => {
      const records = this.#wanted(message).filter((record) => this.#matches(record));
      if (this.#waiting === undefined) this.#showNew(records);
      else this.#waiting.push(...records);
    });
  }

  /**
   * Hands over the last lines of all workers together, at most so many, and answers how many workers there are.
   * @throws MeshError `broker_unavailable`
   */
  async catchUp(broker: Broker, lines: number): Promise<number> {
    const { project, service, level, traceId } = this.#selection;
    const question = { lines, ...(level !== undefined && { level }), ...(traceId !== undefined && { traceId }) };
    this.#waiting ??= [];
    try {
      const replies = await askAll(broker, recentLogsSubject(project, service), encodeQuestion(question));
      const records = replies.flatMap(({ message }) => this.#wanted(message));
      const recent = records.filter((record) => this.#isNew(record)).toSorted(byTime);
      // What has just come belongs to what is followed: the bound is not for it.
      const [past, present] = [lines === 0 ? [] : recent.slice(-lines), this.#waiting];
      this.#showNew([...past, ...present].toSorted(byTime));
      return replies.length;
    } finally {
      this.#waiting = undefined;
    }
  }

  #wanted(message: Message): LogRecord[] {
    return decodeLines(message).map((line) => readRecord(line));
  }

  #matches({ text, level }: LogRecord): boolean {
    const { level: least, traceId } = this.#selection;
    if (least !== undefined && level !== undefined && !isAtLeast(level, least)) return false;
    return traceId === undefined || isOfTrace(text, traceId);
  }

  #showNew(records: readonly LogRecord[]): void {
    for (const record of records) {
      if (!this.#isNew(record)) continue;
      const { source, number } = record;
      if (source !== undefined && number !== undefined) this.#lastNumbers.set(source, number);
      this.#show(record);
    }
  }

  #isNew({ source, number }: ReceivedLine): boolean {
    return source === undefined || number === undefined || number > (this.#lastNumbers.get(source) ?? 0);
  }
}

// Lines of one worker are in their order already, and stay so.
function byTime(a: LogRecord, b: LogRecord): number {
  return a.time < b.time ? -1 : a.time > b.time ? 1 : 0;
}
