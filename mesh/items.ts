import { MeshError } from "./errors.ts";

/** Media type of items as they travel: each as JSON on a line of its own (newline-delimited JSON). */
export const ITEMS_TYPE = "application/x-ndjson";

/** The longest line, in bytes of UTF-8 at least: a reader has to hold one as a whole. */
const MAX_LINE = 16 * 1024 * 1024;

const encoder = new TextEncoder();

/** An item's line. What JSON does not know, such as `undefined`, is `null`, as in a JSON array. */
export function encodeItem(item: unknown): Uint8Array {
  // undefined for undefined, functions and symbols, though its type does not say so.
  const text = JSON.stringify(item) as string | undefined;
  return encoder.encode(`${text ?? "null"}\n`);
}

/** Reads the lines in a stream of bytes, without their ends; empty ones are left out. */
export class LineReader {
  readonly #bytes: ReadableStreamDefaultReader<Uint8Array>;
  readonly #decoder = new TextDecoder("utf-8", { fatal: true });
  #rest = "";

  constructor(bytes: ReadableStream<Uint8Array>) {
    this.#bytes = bytes.getReader();
  }

  /**
   * The next lines, at least one, as they came together; `undefined` at the end.
   * @throws MeshError `invalid_request` for a line that is too long or no UTF-8; rejects with the stream's own error.
   */
  async read(): Promise<readonly string[] | undefined> {
    for (;;) {
      const { done, value } = await this.#bytes.read();
      const text = this.#decode(value);
      const end = done ? text.length : text.lastIndexOf("\n");
      // A long line comes in many chunks: it is put together once, not looked through with each of them.
      const lines = end < 0 ? [] : (this.#rest + text.slice(0, end)).split("\n");
      this.#rest = end < 0 ? this.#rest + text : text.slice(end + 1);
      if (this.#rest.length > MAX_LINE) {
        throw new MeshError("invalid_request", `an item is longer than ${MAX_LINE} characters`);
      }
      const whole = lines.filter((line) => line.trim() !== "");
      if (whole.length > 0) return whole;
      if (done) return undefined;
    }
  }

  /** Wants no more; a read that waits ends. */
  cancel(reason?: unknown): Promise<void> {
    return this.#bytes.cancel(reason);
  }

  #decode(chunk: Uint8Array | undefined): string {
    try {
      return chunk === undefined ? this.#decoder.decode() : this.#decoder.decode(chunk, { stream: true });
    } catch (error) {
      throw new MeshError("invalid_request", "the items are not UTF-8 text", { cause: error });
    }
  }
}

/**
 * The items in a stream of newline-delimited JSON. Leaving the loop cancels the stream.
 * @throws MeshError `invalid_request` for a line that is not JSON, and as {@link LineReader.read}.
 */
export function readItems(bytes: ReadableStream<Uint8Array>): AsyncIterableIterator<unknown> {
  const reader = new LineReader(bytes);
  const items = parsedLines(reader);
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    next: () => items.next(),
    // A generator alone could not be left before it has begun, nor while it waits.
    async return() {
      await reader.cancel();
      return items.return();
    },
  };
}

async function* parsedLines(reader: LineReader): AsyncGenerator<unknown, void, undefined> {
  let number = 0;
  try {
    for (let lines = await reader.read(); lines !== undefined; lines = await reader.read()) {
      for (const line of lines) yield parseItem(line, ++number);
    }
  } finally {
    await reader.cancel();
  }
}

function parseItem(line: string, number: number): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw new MeshError("invalid_request", `item ${number} is not JSON: ${String(error)}`, { cause: error });
  }
}
