import { type LogLine, type LogQuestion, isAtLeast, isOfTrace } from "../mesh/log-feed.ts";
import type { LogLevel } from "../mesh/log.ts";

const MOST_LINES = 1_000;
const MOST_CHARACTERS = 512 * 1024;

/** The last lines of a log, in bounded memory. */
export class LogTail {
  readonly #lines: LogLine[] = [];
  #characters = 0;
  #lastNumber = 0;
  #onLine: () => void = () => undefined;

  /** A log's sink. */
  readonly add = (text: string, level: LogLevel): void => {
    this.#lines.push({ number: ++this.#lastNumber, level, text });
    this.#characters += text.length;
    while (this.#lines.length > MOST_LINES || this.#characters > MOST_CHARACTERS) {
      this.#characters -= this.#lines.shift()?.text.length ?? 0;
    }
    this.#onLine();
  };

  /** Calls `listener`, the only one there is, after each line; it must not throw. Returns how to stop that. */
  onLine(listener: () => void): () => void {
    this.#onLine = listener;
    return () => {
      this.#onLine = () => undefined;
    };
  }

  /** The number of the last line. */
  get lastNumber(): number {
    return this.#lastNumber;
  }

  /** The lines after that one which are still here, as many as have so many characters together, but at least one. */
  after(number: number, mostCharacters: number): readonly LogLine[] {
    const wanted = this.#lastNumber - number;
    if (wanted <= 0) return [];
    let characters = 0;
    const rest = this.#lines.slice(-wanted);
    const end = rest.findIndex(({ text }) => (characters += text.length) > mostCharacters);
    return end === -1 ? rest : rest.slice(0, Math.max(1, end));
  }

  /** The last lines that answer the question and have at most so many characters together. */
  recent({ lines, level = "debug", traceId }: LogQuestion, mostCharacters: number): readonly LogLine[] {
    let characters = 0;
    const found: LogLine[] = [];
    for (const line of this.#lines.toReversed()) {
      if (!isAtLeast(line.level, level) || (traceId !== undefined && !isOfTrace(line.text, traceId))) continue;
      characters += line.text.length;
      if (found.length === lines || characters > mostCharacters) break;
      found.push(line);
    }
    return found.reverse();
  }
}
