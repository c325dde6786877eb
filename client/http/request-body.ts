import { encodePieces, isPieces } from "../../mesh/pieces.ts";
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
 * @throws TypeError for params that JSON does not know; what the first of the pieces throws.
 */
export async function requestBody(params: unknown): Promise<RequestBody> {
  // Their buffer may be a shared one by its type; fetch says so, if it is.
  if (isBytes(params)) return { contentType: BYTES_TYPE, body: params as BodyInit };
  if (isPieces(params)) {
    const { contentType, bytes, failure } = await encodePieces(params);
    return { contentType, body: bytes, failure };
  }
  // undefined for undefined, functions and symbols, though its type does not say so.
  return { contentType: JSON_TYPE, body: JSON.stringify(params) as string | undefined };
}

function isBytes(params: unknown): params is Blob | Uint8Array | ArrayBuffer {
  return params instanceof Blob || params instanceof Uint8Array || params instanceof ArrayBuffer;
}
