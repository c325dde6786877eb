import type { Body } from "../../mesh/body.ts";
import { decodeResponseHead } from "../../mesh/http.ts";
import { ITEMS_TYPE } from "../../mesh/items.ts";
import { decodePayload, mediaType } from "../../mesh/payload.ts";
import type { RecordableCall, RecordedReply } from "../recording.ts";
import type { Redact } from "./redaction.ts";

/** Why a value is not in a record: the member {@link OMITTED} says so in its place. */
export type Omission = "stream" | "bytes" | "too large" | "nested too deep" | "unreadable";

/** The member that tells a value that was left out from one that was recorded. */
export const OMITTED = "$omitted";

/** How deep a recorded value may be nested: what reads it back is not ours alone. */
const MAX_DEPTH = 100;

/** What is left of a value: what must not be in it, and how long its JSON may be. */
export interface Keep {
  readonly redact: Redact;
  readonly maxBytes: number;
}

const encoder = new TextEncoder();

/** What a record keeps of a request, as JSON; `undefined` where nothing was sent. */
export function payloadJson(call: RecordableCall, keep: Keep): string | undefined {
  if (call.httpHead === undefined) return asJson(() => bodyValue(call, keep), keep);
  // The method, the path and the query, as rules see them. Headers hold tokens and cookies: they are never recorded.
  return asJson(() => withBody(call.params(), call, keep), keep);
}

/** What a record keeps of an answer, as JSON; `undefined` where nothing was answered. */
export function responseJson(reply: RecordedReply, keep: Keep): string | undefined {
  const { httpHead } = reply;
  if (httpHead === undefined) return asJson(() => bodyValue(reply, keep), keep);
  return asJson(() => withBody({ status: decodeResponseHead(httpHead).status }, reply, keep), keep);
}

function withBody(head: unknown, body: Body, keep: Keep): unknown {
  const value = bodyValue(body, keep);
  return value === undefined ? head : { ...(head as object), body: value };
}

/** Left out before it is read, where that can be known: a record must not cost more than a call. */
function bodyValue({ contentType, payload, stream }: Body, { maxBytes }: Keep): unknown {
  const left = (why: Omission, bytes: number | undefined): object => omission(why, { contentType, bytes });
  if (stream !== undefined) return left("stream", stream.lengthBytes);
  if (payload.length > maxBytes) return left("too large", payload.length);
  try {
    const isItems = mediaType(contentType) === ITEMS_TYPE;
    const value = decodePayload({ contentType: isItems ? "text/plain" : contentType, payload });
    if (value instanceof Uint8Array) return left("bytes", payload.length);
    return isWithin(MAX_DEPTH, value) ? value : left("nested too deep", payload.length);
  } catch {
    // The worker says what is wrong with it, if it minds.
    return left("unreadable", payload.length);
  }
}

function asJson(read: () => unknown, { redact, maxBytes }: Keep): string | undefined {
  let value: unknown;
  try {
    value = read();
  } catch {
    value = omission("unreadable", { bytes: undefined });
  }
  // undefined for undefined, though its type does not say so.
  const text = JSON.stringify(redact(value)) as string | undefined;
  // No character takes more than three bytes for each of its units.
  if (text === undefined || 3 * text.length <= maxBytes) return text;
  const bytes = encoder.encode(text).length;
  return bytes <= maxBytes ? text : JSON.stringify(omission("too large", { bytes }));
}

function omission(why: Omission, about: { readonly contentType?: string; readonly bytes: number | undefined }): object {
  return { [OMITTED]: why, ...about };
}

function isWithin(levels: number, value: unknown): boolean {
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return true;
  return levels > 0 && Object.values(value).every((item) => isWithin(levels - 1, item));
}
