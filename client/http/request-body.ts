import { ITEMS_TYPE, encodeItem } from "../../mesh/items.ts";
import { isAsyncIterable } from "../call-promise.ts";
import { BYTES_TYPE, JSON_TYPE } from "./content-type.ts";

/** Params as they go out. */
export interface RequestBody {
  readonly contentType: string;
  /** `undefined` for no params. */
  readonly body: BodyInit | undefined;
  /** What the params threw while they were sent, if anything: `fetch` would not say. */
  readonly failure?: () => unknown;
}

/**
 * The body of a request: bytes as they are, what comes piece by piece as a stream of bytes or of items, nothing as no
 * body, anything else as JSON.
 *
 * @throws TypeError for params that JSON does not know.
 */
export async function requestBody(params: unknown): Promise<RequestBody> {
  // Their buffer may be a shared one by its type; fetch says so, if it is.
  if (isBytes(params)) return { contentType: BYTES_TYPE, body: params as BodyInit };
  if (params instanceof ReadableStream || isAsyncIterable(params)) return await streamed(params);
  // undefined for undefined, functions and symbols, though its type does not say so.
  return { contentType: JSON_TYPE, body: JSON.stringify(params) as string | undefined };
}

function isBytes(params: unknown): params is Blob | Uint8Array | ArrayBuffer {
  return params instanceof Blob || params instanceof Uint8Array || params instanceof ArrayBuffer;
}

// What the pieces are can be seen of the first alone, and the headers go before it.
async function streamed(params: ReadableStream<unknown> | AsyncIterable<unknown>): Promise<RequestBody> {
  const pieces = iteratorOf(params);
  let next: Promise<IteratorResult<unknown>> | undefined = Promise.resolve(await pieces.next());
  const areBytes = (await next).value instanceof Uint8Array;
  let failure: unknown;
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const piece = await (next ?? pieces.next());
        next = undefined;
        if (piece.done === true) controller.close();
        else controller.enqueue(toBytes(piece.value, areBytes));
      } catch (error) {
        failure = error;
        throw error;
      }
    },
    async cancel() {
      await pieces.return?.();
    },
  });
  return { contentType: areBytes ? BYTES_TYPE : ITEMS_TYPE, body, failure: () => failure };
}

function toBytes(piece: unknown, areBytes: boolean): Uint8Array {
  if (!areBytes) return encodeItem(piece);
  if (piece instanceof Uint8Array) return piece;
  throw new TypeError("a stream that begins with bytes consists of bytes alone");
}

function iteratorOf(params: ReadableStream<unknown> | AsyncIterable<unknown>): AsyncIterator<unknown> {
  if (!(params instanceof ReadableStream)) return params[Symbol.asyncIterator]();
  // Not every browser's streams can be iterated over.
  const reader = params.getReader();
  return {
    next: async () => {
      const { done, value } = await reader.read();
      return done ? { done, value: undefined } : { done, value };
    },
    return: async () => {
      await reader.cancel();
      return { done: true, value: undefined };
    },
  };
}
