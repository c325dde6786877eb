import { MeshError } from "../mesh/errors.ts";
import { gather, peek, tooLarge } from "../mesh/gather.ts";
import type { BodyStream } from "../mesh/stream.ts";

/** How much of a body is taken, and how. */
export interface TakeOptions {
  /** More is refused. */
  readonly maxBytes: number;
  /** More is not held, but passed on as it comes. */
  readonly inlineBytes: number;
}

/** A request's body: its bytes, or a stream of them, beside which `payload` is empty. */
export interface TakenBody {
  readonly payload: Uint8Array;
  readonly stream: BodyStream | undefined;
}

const NO_BYTES = new Uint8Array(0);

/**
 * A request's body, read as far as it is going to be held.
 *
 * @throws MeshError `payload_too_large` as soon as it is known to be, `invalid_request` when the body breaks off; its stream
 *   likewise.
 */
export async function takeBody(request: Request, { maxBytes, inlineBytes }: TakeOptions): Promise<TakenBody> {
  const { body } = request;
  const announced = request.headers.get("Content-Length");
  const length = announced === null ? undefined : Number(announced);
  if (length !== undefined && length > maxBytes) throw tooLarge(maxBytes);
  try {
    // A body of announced length cannot grow; only one of unknown length has to be counted while it comes.
    if (body === null || (length !== undefined && length <= inlineBytes)) return whole(await request.bytes());
    if (length !== undefined) return streamed(body, length);
    const counted = body.pipeThrough(counter(maxBytes));
    if (inlineBytes >= maxBytes) return whole(await gather(counted, maxBytes));
    const start = await peek(counted, inlineBytes);
    return start instanceof Uint8Array ? whole(start) : streamed(start, undefined);
  } catch (error) {
    if (error instanceof MeshError) throw error;
    throw new MeshError("invalid_request", "the request's body broke off", { cause: error });
  }
}

function whole(payload: Uint8Array): TakenBody {
  return { payload, stream: undefined };
}

function streamed(bytes: ReadableStream<Uint8Array>, lengthBytes: number | undefined): TakenBody {
  return { payload: NO_BYTES, stream: { bytes, lengthBytes } };
}

function counter(maxBytes: number): TransformStream<Uint8Array, Uint8Array> {
  let bytes = 0;
  return new TransformStream({
    transform(chunk, controller) {
      bytes += chunk.length;
      if (bytes > maxBytes) throw tooLarge(maxBytes);
      controller.enqueue(chunk);
    },
  });
}
