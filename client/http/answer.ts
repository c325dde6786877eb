import { MeshError } from "../../mesh/errors.ts";
import { PROBLEM_TYPE, fromProblem } from "../../mesh/problem.ts";
import { STREAM_HEADERS } from "../../mesh/stream.ts";
import { brokenAnswer } from "./connection-error.ts";
import { JSON_TYPE, isJson, mediaType } from "./content-type.ts";
import { EVENTS_TYPE, eventItems } from "./events.ts";
import type { RequestLife } from "./request-life.ts";

/**
 * What a response holds: a value, or an `AsyncIterable` of a stream's items or bytes.
 * @throws MeshError what a problem document says; `bad_reply` for a response that is no gateway's.
 */
export async function readAnswer(response: Response, life: RequestLife, origin: string): Promise<unknown> {
  if (!response.ok) throw await failureOf(response, origin);
  const { body, headers } = response;
  const type = mediaType(headers.get("Content-Type") ?? JSON_TYPE);
  const decode = body === null ? undefined : pieceDecoder(type, hasLength(headers));
  if (body === null || decode === undefined) {
    const bytes = await response.arrayBuffer();
    life.end();
    return decodeValue(type, bytes, origin);
  }
  life.liftTimeout();
  return pieces(decode(chunksOf(body, life, origin)));
}

type Decoder = (chunks: AsyncIterable<Uint8Array>) => AsyncIterable<unknown>;

/** Whether it is known how many bytes follow: then they are one value, however large. */
function hasLength(headers: Headers): boolean {
  return headers.has("Content-Length") || headers.has(STREAM_HEADERS.length);
}

function pieceDecoder(type: string, isValue: boolean): Decoder | undefined {
  if (type === EVENTS_TYPE) return eventItems;
  return isValue || isJson(type) || type.startsWith("text/") ? undefined : (chunks) => chunks;
}

function decodeValue(type: string, bytes: ArrayBuffer, origin: string): unknown {
  if (bytes.byteLength === 0) return undefined;
  if (type.startsWith("text/")) return new TextDecoder().decode(bytes);
  if (!isJson(type)) return new Uint8Array(bytes);
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    throw new MeshError("bad_reply", `the answer of "${origin}" is not the JSON it says it is`, { cause: error });
  }
}

async function failureOf(response: Response, origin: string): Promise<MeshError> {
  const { status, headers } = response;
  const text = await response.text();
  if (mediaType(headers.get("Content-Type") ?? "") === PROBLEM_TYPE) {
    const retryAfterSeconds = Number(headers.get("Retry-After") ?? Number.NaN);
    return fromProblem(text, { description: `the gateway answered ${status}`, status, retryAfterSeconds });
  }
  // Of a proxy, or of a server that is none of ours: what became of the call, it does not say.
  return new MeshError("bad_reply", `"${origin}" answered ${status} without saying why; is it a gateway of the mesh?`, {
    ...(status >= 400 && { status }),
  });
}

/** Can be gone through once: a second reader would find nothing, and take that for the end. */
function pieces<Piece>(source: AsyncIterable<Piece>): AsyncIterable<Piece> {
  let isTaken = false;
  return {
    [Symbol.asyncIterator]() {
      if (isTaken) throw new TypeError("this stream was read before; call the function again");
      isTaken = true;
      return source[Symbol.asyncIterator]();
    },
  };
}

async function* chunksOf(
  body: ReadableStream<Uint8Array>,
  life: RequestLife,
  origin: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  // Not every browser's streams can be iterated over.
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } catch (error) {
    throw life.blame(error, (cause) => brokenAnswer(origin, cause));
  } finally {
    life.end();
  }
}
