import { ITEMS_TYPE, encodeItem } from "./items.ts";

/** A value that comes piece by piece: all of them bytes, or all of them items. */
export type Pieces = ReadableStream<unknown> | AsyncIterable<unknown>;

/** Pieces as bytes that can be sent. */
export interface EncodedPieces {
  readonly contentType: string;
  readonly bytes: ReadableStream<Uint8Array>;
  /** What the pieces threw while they were read, if anything. */
  readonly failure: () => unknown;
}

/** Whether a value comes piece by piece. */
export function isPieces(value: unknown): value is Pieces {
  return value instanceof ReadableStream || isAsyncIterable(value);
}

/** Whether a value can be gone through with `for await`. */
export function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}

/**
 * Bytes as they are, items as lines of JSON. What the pieces are is seen of the first, so that it is waited for. Nothing
 * more is read before it is asked for, and what they threw last is the stream's error.
 *
 * @param check makes of each item what is sent.
 * @throws TypeError for bytes among items; what the first of the pieces or its check throws.
 */
export async function encodePieces(
  pieces: Pieces,
  check: (item: unknown) => unknown = (item) => item,
): Promise<EncodedPieces> {
  const iterator = iteratorOf(pieces);
  let areBytes: boolean | undefined;
  const read = async (): Promise<Uint8Array | undefined> => {
    const piece: IteratorResult<unknown, unknown> = await iterator.next();
    if (piece.done === true) return undefined;
    const { value } = piece;
    areBytes ??= value instanceof Uint8Array;
    try {
      if (areBytes !== value instanceof Uint8Array)
        throw new TypeError("a stream holds bytes or items, and this one both");
      return value instanceof Uint8Array ? value : encodeItem(await check(value));
    } catch (error) {
      // Nobody reads on: whoever makes the pieces may put away what it used.
      await iterator.return?.();
      throw error;
    }
  };
  const first = await read();
  let isFirst = true;
  let failure: unknown;
  const bytes = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const piece = isFirst ? first : await read();
          isFirst = false;
          if (piece === undefined) controller.close();
          else controller.enqueue(piece);
        } catch (error) {
          failure = error;
          throw error;
        }
      },
      async cancel() {
        await iterator.return?.();
      },
    },
    { highWaterMark: 0 },
  );
  return { contentType: areBytes === true ? "application/octet-stream" : ITEMS_TYPE, bytes, failure: () => failure };
}

function iteratorOf(pieces: Pieces): AsyncIterator<unknown> {
  if (!(pieces instanceof ReadableStream)) return pieces[Symbol.asyncIterator]();
  // Not every browser's streams can be iterated over.
  const reader = pieces.getReader();
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
