import type { Body } from "./body.ts";
import { ITEMS_TYPE } from "./items.ts";
import { decodePayload, mediaType } from "./payload.ts";

/** Why a value is not in a record: the member {@link OMITTED} says so in its place. */
export type Omission = "stream" | "bytes" | "too large" | "nested too deep" | "unreadable";

/** The member that tells a value that was left out from one that was recorded. */
export const OMITTED = "$omitted";

/** The largest payload, and the largest response, that is recorded where nobody says otherwise: bytes of JSON. */
export const RECORDED_BYTES = 16_384;

/** How deep a recorded value may be nested: what reads it back is not ours alone. */
const MAX_DEPTH = 100;

/** What a record keeps of a body. Left out before it is read, where that can be known: a record must not cost more than a call. */
export function recordedBody({ contentType, payload, stream }: Body, maxBytes: number): unknown {
  const left = (why: Omission, bytes: number | undefined): object => omission(why, { contentType, bytes });
  if (stream !== undefined) return left("stream", stream.lengthBytes);
  if (payload.length > maxBytes) return left("too large", payload.length);
  try {
    const isItems = mediaType(contentType) === ITEMS_TYPE;
    const value = decodePayload({ contentType: isItems ? "text/plain" : contentType, payload });
    if (value instanceof Uint8Array) return left("bytes", payload.length);
    return isShallow(value, payload.length) ? value : left("nested too deep", payload.length);
  } catch {
    // The worker says what is wrong with it, if it minds.
    return left("unreadable", payload.length);
  }
}

/**
 * Whether a value is nested no deeper than one in a record may be.
 * @param bytes how long its JSON is at least as which it came: a level takes two.
 */
export function isShallow(value: unknown, bytes: number): boolean {
  return bytes <= 2 * MAX_DEPTH || isWithin(MAX_DEPTH, value);
}

/** What stands in a record instead of a value. */
export function omission(
  why: Omission,
  about: { readonly contentType?: string; readonly bytes: number | undefined },
): object {
  return { [OMITTED]: why, ...about };
}

function isWithin(levels: number, value: unknown): boolean {
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return true;
  return levels > 0 && Object.values(value).every((item) => isWithin(levels - 1, item));
}
