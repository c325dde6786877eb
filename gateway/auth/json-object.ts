import { base64url } from "jose";
import { jsonShape } from "./json-shape.ts";
import { refusal } from "./refusal.ts";

type JsonObject = Readonly<Record<string, unknown>>;

/** Deeper claims have no use, and walking them could exhaust the stack. */
const MAX_DEPTH = 32;

// A byte order mark is kept, so that JSON.parse refuses it.
const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * The bytes of a base64url text in its one canonical form: no padding, no spare bits, nothing outside the alphabet.
 * @throws MeshError `unauthenticated`
 */
export function canonicalBase64url(part: string, text: string): Uint8Array {
  const bytes = decode(text);
  if (bytes === undefined || base64url.encode(bytes) !== text) {
    throw refusal(`the token's ${part} is not canonical base64url`);
  }
  return bytes;
}

/**
 * The JSON object in one part of a token.
 * @throws MeshError `unauthenticated` when it is anything else, or names a member twice.
 */
export function jsonObject(part: "header" | "payload", bytes: Uint8Array): JsonObject {
  const text = decodeUtf8(part, bytes);
  const shape = jsonShape(text);
  if (shape.depth > MAX_DEPTH) throw refusal(`the token's ${part} is nested deeper than ${MAX_DEPTH} levels`);
  const value = parse(part, text);
  if (!isObject(value)) throw refusal(`the token's ${part} is not a JSON object`);
  if (shape.members !== Object.keys(value).length) throw refusal(`the token's ${part} names a member twice`);
  return value;
}

function decode(text: string): Uint8Array | undefined {
  try {
    return base64url.decode(text);
  } catch {
    return undefined;
  }
}

function decodeUtf8(part: string, bytes: Uint8Array): string {
  try {
    return UTF8.decode(bytes);
  } catch (error) {
    throw refusal(`the token's ${part} is not UTF-8`, error);
  }
}

function parse(part: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's message may quote the text: it is not kept, not even as a cause.
    throw refusal(`the token's ${part} is not JSON`);
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
