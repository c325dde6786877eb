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
  /** Aborts when the stream breaks off: whoever sends it is gone, which not every platform says of the request then. */
  readonly brokenOff?: AbortSignal;
}

const NO_BYTES = new Uint8Array(0);

/**
 * A request's body, read as far as it is going to be held.
 *
 * @throws MeshError `payload_too_large` as soon as it is known to be, `invalid_request` when the body breaks off; its stream
 *   likewise.
 */
export async function takeBody(request: Request, { maxBytes, inlineBytes }: TakeOptions): Promise<TakenBody> {
  const announced = request.headers.get("Content-Length");
  const length = announced === null ? undefined : Number(announced);
  if (length !== undefined && length > maxBytes) throw tooLarge(maxBytes);
  // A body of announced length cannot grow; only one of unknown length has to be counted while it comes.
  if (length !== undefined && length <= inlineBytes) {
    try {
      return whole(await request.bytes());
    } catch (error) {
      throw brokenOff(error);
    }
  }
  // Not asked for before: that makes a stream of it, which costs as much as all the rest of a call.
  const { body } = request;
  if (body === null) return whole(NO_BYTES);
  const breaking = new AbortController();
  const coming = guarded(body, { maxBytes, breaking });
  if (length !== undefined) return { ...streamed(coming, length), brokenOff: breaking.signal };
  if (inlineBytes >= maxBytes) return whole(await gather(coming, maxBytes));
  const start = await peek(coming, inlineBytes);
  return start instanceof Uint8Array ? whole(start) : { ...streamed(start, undefined), brokenOff: breaking.signal };
}

function whole(payload: Uint8Array): TakenBody {
  return { payload, stream: undefined };
}

function streamed(bytes: ReadableStream<Uint8Array>, lengthBytes: number | undefined): TakenBody {
  return { payload: NO_BYTES, stream: { bytes, lengthBytes } };
}

/** The same bytes, as long as there are not too many; fails as callers are told of it. */
function guarded(
  body: ReadableStream<Uint8Array>,
  { maxBytes, breaking }: { readonly maxBytes: number; readonly breaking: AbortController },
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  let bytes = 0;
  return new ReadableStream(
    {
      async pull(controller) {
        const { done, value } = await reader.read().catch((cause: unknown) => {
          const error = brokenOff(cause);
          breaking.abort(error);
          throw error;
        });
        if (done) return controller.close();
        bytes += value.length;
        if (bytes <= maxBytes) return controller.enqueue(value);
        // What is left of it the platform throws away.
        reader.cancel().catch(() => undefined);
        throw tooLarge(maxBytes);
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}

function brokenOff(cause: unknown): MeshError {
  return new MeshError("invalid_request", "the request's body broke off", { cause });
}
