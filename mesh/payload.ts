import { JSON_TYPE } from "./call.ts";
import { MeshError } from "./errors.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });
const NOTHING = new Uint8Array(0);

/** Bytes with the media type that says how to read them. */
export interface Payload {
  readonly contentType: string;
  readonly payload: Uint8Array;
}

/**
 * What a function gets from the bytes that came: JSON (also `+json`, and when no type is given) as its value, `text/*`
 * as a string, a form as an object of its fields, everything else as bytes; no bytes at all as `undefined`.
 *
 * @throws MeshError `invalid_request` when the bytes are not what their type says.
 */
export function decodePayload({ contentType, payload }: Payload): unknown {
  if (payload.length === 0) return undefined;
  if (contentType === JSON_TYPE) return parseJson(payload);
  const type = mediaType(contentType);
  if (type === "" || type === JSON_TYPE || type.endsWith("+json")) return parseJson(payload);
  if (type.startsWith("text/")) return toText(payload);
  if (type === "application/x-www-form-urlencoded") return Object.fromEntries(new URLSearchParams(toText(payload)));
  // Over TCP it is a Buffer, whose methods behave otherwise.
  return new Uint8Array(payload.buffer, payload.byteOffset, payload.byteLength);
}

/** The bytes of what a function returned: bytes as they are, nothing as no bytes, anything else as JSON. */
export function encodePayload(value: unknown): Payload {
  if (value instanceof Uint8Array) return { contentType: "application/octet-stream", payload: value };
  if (value instanceof ArrayBuffer) return { contentType: "application/octet-stream", payload: new Uint8Array(value) };
  // undefined for undefined, functions and symbols, though its type does not say so.
  const text = JSON.stringify(value) as string | undefined;
  return { contentType: JSON_TYPE, payload: text === undefined ? NOTHING : encoder.encode(text) };
}

/** A content type without its parameters, in lower case. */
export function mediaType(contentType: string): string {
  return (contentType.split(";", 1)[0] ?? "").trim().toLowerCase();
}

function parseJson(payload: Uint8Array): unknown {
  const text = toText(payload);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new MeshError("invalid_request", `the body is not JSON: ${reasonOf(error)}`, { cause: error });
  }
}

function toText(payload: Uint8Array): string {
  try {
    return decoder.decode(payload);
  } catch (error) {
    throw new MeshError("invalid_request", "the body is not UTF-8 text", { cause: error });
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message.replace(/^JSON Parse error: /, "") : String(error);
}
