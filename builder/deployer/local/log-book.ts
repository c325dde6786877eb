import type { DeployedLine, LogsRequest } from "../../../mesh/deployment.ts";

/** Lines that are kept of each version, and for each reader that is slower than what is written. */
const KEPT_LINES = 1000;

/** What a function wrote: the newest lines of each version, and those to come. */
export class LogBook {
  readonly #lines = new Map<number, Kept[]>();
  readonly #readers = new Set<Reader>();
  #count = 0;
  #isClosed = false;

  add(line: DeployedLine): void {
    const { version } = line;
    const kept = this.#lines.get(version) ?? [];
    this.#lines.set(version, kept);
    kept.push({ line, at: this.#count++ });
    if (kept.length > KEPT_LINES) kept.shift();
    for (const reader of this.#readers) reader.take(line);
  }

  /** Reads what is asked for; ends when all of it was given, and when the book is closed. Rejects with the signal's reason. */
  async *read(
    { version, lines, follow }: Pick<LogsRequest, "version" | "lines" | "follow">,
    signal: AbortSignal,
  ): AsyncGenerator<DeployedLine, void, undefined> {
    signal.throwIfAborted();
    const reader = new Reader(version);
    // Before the first line is given: what is written meanwhile comes after it.
    const newest = this.#newest(lines, version);
    if (!follow || this.#isClosed) reader.end();
    else this.#readers.add(reader);
    const wake = (): void => reader.wake();
    signal.addEventListener("abort", wake);
    try {
      yield* newest;
      for (let next = await reader.next(signal); next !== undefined; next = await reader.next(signal)) yield* next;
    } finally {
      signal.removeEventListener("abort", wake);
      this.#readers.delete(reader);
    }
  }

  /** Forgets versions that are no more. */
  keepOnly(versions: readonly number[]): void {
    for (const version of this.#lines.keys()) if (!versions.includes(version)) this.#lines.delete(version);
  }

  /** Nothing more is written. */
  close(): void {
    this.#isClosed = true;
    for (const reader of this.#readers) reader.end();
  }

  #newest(count: number, version: number | undefined): readonly DeployedLine[] {
    const all = version === undefined ? [...this.#lines.values()].flat() : (this.#lines.get(version) ?? []);
    return all
      .toSorted((a, b) => a.at - b.at)
      .slice(Math.max(0, all.length - count))
      .map(({ line }) => line);
  }
}

interface Kept {
  readonly line: DeployedLine;
  /** How many were written before it. */
  readonly at: number;
}

/** Somebody who follows. */
class Reader {
  readonly #version: number | undefined;
  #waiting: DeployedLine[] = [];
  #left = 0;
  #isOver = false;
  #woken = Promise.withResolvers<void>();

  constructor(version: number | undefined) {
    this.#version = version;
  }

  take(line: DeployedLine): void {
    if (this.#version !== undefined && this.#version !== line.version) return;
    this.#waiting.push(line);
    if (this.#waiting.length > KEPT_LINES) {
      this.#waiting.shift();
      this.#left++;
    }
    this.wake();
  }

  end(): void {
    this.#isOver = true;
    this.wake();
  }

  wake(): void {
    this.#woken.resolve();
  }

  /** The lines that came; `undefined` at the end. */
  async next(signal: AbortSignal): Promise<readonly DeployedLine[] | undefined> {
    for (;;) {
      signal.throwIfAborted();
      const [lines, left] = [this.#waiting, this.#left];
      this.#waiting = [];
      this.#left = 0;
      const [first] = lines;
      if (first !== undefined) {
        const text = `(${left} lines were left out: they came faster than they were read)`;
        return left > 0 ? [{ ...first, text }, ...lines] : lines;
      }
      if (this.#isOver) return undefined;
      await this.#woken.promise;
      this.#woken = Promise.withResolvers();
    }
  }
}
