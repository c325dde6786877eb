import type { Body } from "../mesh/body.ts";
import { MeshError } from "../mesh/errors.ts";
import { ITEMS_TYPE, encodeItem } from "../mesh/items.ts";
import { encodePayload } from "../mesh/payload.ts";
import { toFailure } from "./failure.ts";
import type { Endpoint } from "./function.ts";
import { type HttpReply, fromResponse } from "./http-exchange.ts";

const NOTHING = new Uint8Array(0);
/** How much of a response is read to find out whether it is whole already. */
const MAX_INLINE_BYTES = 512 * 1024;

/**
 * The body of what a function returned, or a promise of it: bytes and values as they are; what can be iterated
 * asynchronously (a generator, a `ReadableStream`) as a stream of its bytes or of its items, which its first one decides; a
 * `Response` with its head.
 *
 * @throws MeshError `function_failed` when a result is not what its schema promises; also the promise's.
 */
export function toBody(
  result: unknown,
  { checkOutput, receives }: Endpoint,
): Body | HttpReply | Promise<Body | HttpReply> {
  if (result instanceof Response) return fromResponse(result, MAX_INLINE_BYTES);
  if (receives === "http") throw new TypeError("a fetch handler answers with a Response, and this one did not");
  if (isAsyncIterable(result)) return toStream(result, checkOutput);
  if (checkOutput === undefined) return encodePayload(result);
  const checked = checkOutput(result);
  return checked instanceof Promise ? checked.then(encodePayload) : encodePayload(checked);
}

async function toStream(items: AsyncIterable<unknown>, checkOutput: Endpoint["checkOutput"]): Promise<Body> {
  const iterator = items[Symbol.asyncIterator]();
  // What is thrown before the first item is a failure like any other function's.
  const start: IteratorResult<unknown, unknown> = await iterator.next();
  const isBytes = start.done !== true && start.value instanceof Uint8Array;
  const encode = async (item: unknown): Promise<Uint8Array> => {
    if (isBytes !== item instanceof Uint8Array) throw mixed(isBytes);
    if (item instanceof Uint8Array) return item;
    return encodeItem(checkOutput === undefined ? item : await checkOutput(item));
  };
  let isEmpty = start.done === true;
  let first: Uint8Array | undefined = isEmpty ? undefined : await encode(start.value);

  const bytes = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        if (first !== undefined) {
          controller.enqueue(first);
          first = undefined;
          return;
        }
        if (isEmpty) return controller.close();
        try {
          const item: IteratorResult<unknown, unknown> = await iterator.next();
          isEmpty = item.done === true;
          if (isEmpty) controller.close();
          else controller.enqueue(await encode(item.value));
        } catch (error) {
          await iterator.return?.();
          throw toFailure(error);
        }
      },
      async cancel() {
        await iterator.return?.();
      },
    },
    // Nothing is made before it is asked for.
    { highWaterMark: 0 },
  );
  return {
    contentType: isBytes ? "application/octet-stream" : ITEMS_TYPE,
    payload: NOTHING,
    stream: { bytes, lengthBytes: undefined },
  };
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}

function mixed(isBytes: boolean): MeshError {
  const cause = new TypeError(`the function streams ${isBytes ? "bytes" : "values"} and then yielded something else`);
  return new MeshError("function_failed", "the function failed; its log has the details", { cause });
}
