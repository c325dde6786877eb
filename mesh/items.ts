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

/**
 * The lines in a stream of bytes, without their ends; empty ones are left out. Leaving the loop cancels the stream.
 * @throws MeshError `invalid_request` for a line that is too long or no UTF-8.
 */
export async function* readLines(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let rest = "";
  for await (const chunk of bytes) {
    const lines = (rest + decode(decoder, chunk)).split("\n");
    rest = lines.pop() ?? "";
    if (rest.length > MAX_LINE) throw new MeshError("invalid_request", `an item is longer than ${MAX_LINE} characters`);
    for (const line of lines) if (line.trim() !== "") yield line;
  }
  rest += decode(decoder, undefined);
  if (rest.trim() !== "") yield rest;
}

/**
 * The items in a stream of newline-delimited JSON.
 * @throws MeshError `invalid_request` for a line that is not JSON.
 */
export async function* readItems(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<unknown, void, undefined> {
  let number = 0;
  for await (const line of readLines(bytes)) {
    number++;
    try {
      yield JSON.parse(line) as unknown;
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      throw new MeshError("invalid_request", `item ${number} is not JSON: ${error.message}`, { cause: error });
    }
  }
}

function decode(decoder: InstanceType<typeof TextDecoder>, chunk: Uint8Array | undefined): string {
  try {
    return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true });
  } catch (error) {
    throw new MeshError("invalid_request", "the items are not UTF-8 text", { cause: error });
  }
}
