import { gather, streamOf } from "./gather.ts";
import { ITEMS_TYPE, readItems } from "./items.ts";
import { type Payload, decodePayload, encodePayload, mediaType } from "./payload.ts";
import { type Pieces, encodePieces, isPieces } from "./pieces.ts";
import type { BodyStream } from "./stream.ts";

/** The body of a call or of a reply: its bytes, or a stream of them, beside which `payload` is empty. */
export interface Body extends Payload {
  readonly stream?: BodyStream | undefined;
}

const NOTHING = new Uint8Array(0);
const BYTES_TYPE = "application/octet-stream";

/** The largest value that is put together out of a stream: what a gateway may be configured to let in. */
const MAX_VALUE_BYTES = 64 * 1024 * 1024;

/**
 * What a body holds: the items of a stream, as they come; or its bytes; or a value, also one that came in parts because it
 * is large.
 *
 * @throws MeshError as `decodePayload` and {@link gatherBody}.
 */
export async function decodeBody(body: Body): Promise<unknown> {
  const { contentType, payload, stream } = body;
  if (mediaType(contentType) === ITEMS_TYPE) return readItems(stream?.bytes ?? streamOf(payload));
  if (stream === undefined) return decodePayload(body);
  return stream.lengthBytes === undefined ? stream.bytes : decodePayload(await gatherBody(body));
}

/**
 * The body of a value, or a promise of it: what comes piece by piece and what a `Blob` holds as a stream, the rest as by
 * `encodePayload`.
 */
export function encodeBody(value: unknown): Body | Promise<Body> {
  if (isPieces(value)) return streamed(value);
  if (!(value instanceof Blob)) return encodePayload(value);
  return { contentType: BYTES_TYPE, payload: NOTHING, stream: { bytes: value.stream(), lengthBytes: value.size } };
}

async function streamed(pieces: Pieces): Promise<Body> {
  const { contentType, bytes } = await encodePieces(pieces);
  return { contentType, payload: NOTHING, stream: { bytes, lengthBytes: undefined } };
}

/**
 * A body as a whole.
 * @throws MeshError `payload_too_large` when it has more than `maxBytes` (64 MiB); rejects with its stream's own error.
 */
export async function gatherBody(body: Body, maxBytes = MAX_VALUE_BYTES): Promise<Payload> {
  const { contentType, stream } = body;
  return stream === undefined ? body : { contentType, payload: await gather(stream.bytes, maxBytes) };
}
