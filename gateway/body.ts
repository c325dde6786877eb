import { MeshError } from "../mesh/errors.ts";

/**
 * A request's whole body.
 * @throws MeshError `payload_too_large` as soon as it is known to be; rejects with the platform's own error when the body
 *   breaks off, which {@link bodyError} puts into words.
 */
export function readBody(request: Request, maxBytes: number): Promise<Uint8Array> {
  const announced = Number(request.headers.get("Content-Length") ?? Number.NaN);
  if (announced > maxBytes) throw tooLarge(maxBytes);
  // A body of announced length cannot grow; only one of unknown length has to be counted while it comes.
  const isBounded = Number.isFinite(announced) || request.body === null;
  return isBounded ? request.bytes() : readCounted(request.body, maxBytes);
}

/** What went wrong while a body was read: a refusal of ours, or else a caller who went away. */
export function bodyError(error: unknown): MeshError {
  if (error instanceof MeshError) return error;
  return new MeshError("invalid_request", "the request's body broke off", { cause: error });
}

async function readCounted(body: ReadableStream<Uint8Array>, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw tooLarge(maxBytes);
    chunks.push(chunk);
  }
  const whole = new Uint8Array(bytes);
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.length;
  }
  return whole;
}

function tooLarge(maxBytes: number): MeshError {
  return new MeshError("payload_too_large", `the body is larger than the ${maxBytes} bytes allowed here`);
}
