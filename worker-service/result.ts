import type { Body } from "../mesh/body.ts";
import { encodePayload } from "../mesh/payload.ts";
import { type Pieces, encodePieces, isPieces } from "../mesh/pieces.ts";
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
  if (isPieces(result)) return toStream(result, checkOutput);
  if (checkOutput === undefined) return encodePayload(result);
  const checked = checkOutput(result);
  return checked instanceof Promise ? checked.then(encodePayload) : encodePayload(checked);
}

async function toStream(pieces: Pieces, checkOutput: Endpoint["checkOutput"]): Promise<Body> {
  // What is thrown before the first piece is a failure like any other function's.
  const { contentType, bytes } = await encodePieces(pieces, checkOutput);
  return { contentType, payload: NOTHING, stream: { bytes, lengthBytes: undefined } };
}
