import type { Body } from "../../mesh/body.ts";
import { decodeResponseHead } from "../../mesh/http.ts";
import { omission, recordedBody } from "../../mesh/recorded-value.ts";
import type { RecordableCall, RecordedReply } from "../recording.ts";
import type { Redact } from "./redaction.ts";

/** What is left of a value: what must not be in it, and how long its JSON may be. */
export interface Keep {
  readonly redact: Redact;
  readonly maxBytes: number;
}

const encoder = new TextEncoder();

/** What a record keeps of a request, as JSON; `undefined` where nothing was sent. */
export function payloadJson(call: RecordableCall, keep: Keep): string | undefined {
  if (call.httpHead === undefined) return asJson(() => recordedBody(call, keep.maxBytes), keep);
  // The method, the path and the query, as rules see them. Headers hold tokens and cookies: they are never recorded.
  return asJson(() => withBody(call.params(), call, keep), keep);
}

/** What a record keeps of an answer, as JSON; `undefined` where nothing was answered. */
export function responseJson(reply: RecordedReply, keep: Keep): string | undefined {
  const { httpHead } = reply;
  if (httpHead === undefined) return asJson(() => recordedBody(reply, keep.maxBytes), keep);
  return asJson(() => withBody({ status: decodeResponseHead(httpHead).status }, reply, keep), keep);
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
  const text = JSON.stringify(redact(value)) as string | undefined;
  // No character takes more than three bytes for each of its units.
  if (text === undefined || 3 * text.length <= maxBytes) return text;
  const bytes = encoder.encode(text).length;
  return bytes <= maxBytes ? text : JSON.stringify(omission("too large", { bytes }));
}
