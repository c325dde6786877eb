import type { Body } from "../../mesh/body.ts";
import { JSON_TYPE } from "../../mesh/call.ts";
import { decodeResponseHead } from "../../mesh/http.ts";
import { isShallow, omission, recordedBody } from "../../mesh/recorded-value.ts";
import type { Keep, RecordableCall, RecordedReply } from "../recording.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });

/** What a record keeps of a request, as JSON; `undefined` where nothing was sent. */
export function payloadJson(call: RecordableCall, keep: Keep): string | undefined {
  if (call.httpHead === undefined) return bodyJson(call, keep);
  // The method, the path and the query, as rules see them. Headers hold tokens and cookies: they are never recorded.
  return asJson(() => withBody(call.params(), call, keep), keep);
}

/** What a record keeps of an answer, as JSON; `undefined` where nothing was answered. */
export function responseJson(reply: RecordedReply, keep: Keep): string | undefined {
  const { httpHead } = reply;
  if (httpHead === undefined) return bodyJson(reply, keep);
  return asJson(() => withBody({ status: decodeResponseHead(httpHead).status }, reply, keep), keep);
}

function bodyJson(body: Body, keep: Keep): string | undefined {
  return asSent(body, keep) ?? asJson(() => recordedBody(body, keep.maxBytes), keep);
}

/**
 * JSON of which nothing is left out, as it was sent. That it is JSON must be known: it becomes a part of the batch, where
 * anything else could pretend to be a record of its own.
 */
function asSent({ contentType, payload, stream }: Body, { redact, maxBytes }: Keep): string | undefined {
  if (contentType !== JSON_TYPE || redact !== undefined || stream !== undefined) return undefined;
  if (payload.length === 0 || payload.length > maxBytes) return undefined;
  try {
    const text = decoder.decode(payload);
    return isShallow(JSON.parse(text), payload.length) ? text : undefined;
  } catch {
    return undefined;
  }
}

function withBody(head: unknown, body: Body, { maxBytes }: Keep): unknown {
  const value = recordedBody(body, maxBytes);
  return value === undefined ? head : { ...(head as object), body: value };
}

function asJson(read: () => unknown, { redact, maxBytes }: Keep): string | undefined {
  let value: unknown;
  try {
    value = read();
  } catch {
    value = omission("unreadable", { bytes: undefined });
  }
  // undefined for undefined, though its type does not say so.
  const text = JSON.stringify(redact === undefined ? value : redact(value)) as string | undefined;
  // No character takes more than three bytes for each of its units.
  if (text === undefined || 3 * text.length <= maxBytes) return text;
  const bytes = encoder.encode(text).length;
  return bytes <= maxBytes ? text : JSON.stringify(omission("too large", { bytes }));
}
