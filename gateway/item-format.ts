import { parseAccept } from "hono/utils/accept";
import type { MeshError } from "../mesh/errors.ts";
import { ITEMS_TYPE } from "../mesh/items.ts";

/** How a stream of items is written for a caller. Items come as the text of their JSON. */
export interface ItemFormat {
  readonly contentType: string;
  readonly opening: string;
  item(json: string, isFirst: boolean): string;
  readonly closing: string;
  /** What may be written at any time so that nobody on the way takes the connection for dead. */
  readonly keepAlive: string;
  /** How an error is told in the middle; without it the connection breaks off. */
  failure?(error: MeshError, problem: string): string;
}

/**
 * Server-sent events (HTML standard, 9.2). What went wrong is an event named `error`, and after the last item comes one named
 * `end`: somebody on the way who breaks off between two of them cannot pass for the end.
 */
const EVENTS: ItemFormat = {
  contentType: "text/event-stream",
  opening: "",
  // JSON holds no line break: it is one data field.
  item: (json) => `data: ${json}\n\n`,
  closing: "event: end\ndata: null\n\n",
  keepAlive: ": keep-alive\n\n",
  failure: (_error, problem) => `event: error\ndata: ${problem}\n\n`,
};

/** Newline-delimited JSON. Readers are asked to pass over empty lines. */
const LINES: ItemFormat = {
  contentType: ITEMS_TYPE,
  opening: "",
  item: (json) => `${json}\n`,
  closing: "",
  keepAlive: "\n",
};

/** One JSON array, written as it grows. */
const ARRAY: ItemFormat = {
  contentType: "application/json",
  opening: "[",
  item: (json, isFirst) => (isFirst ? json : `,${json}`),
  closing: "]",
  keepAlive: "\n",
};

/** Strings as they are, one after the other, and anything else as a line of JSON. */
const TEXT: ItemFormat = {
  contentType: "text/plain; charset=utf-8",
  opening: "",
  item: (json) => (json.startsWith('"') ? (JSON.parse(json) as string) : `${json}\n`),
  closing: "",
  keepAlive: "",
};

const BYTES: ItemFormat = { ...TEXT, contentType: "application/octet-stream" };

const BY_TYPE: Readonly<Record<string, ItemFormat>> = {
  "text/event-stream": EVENTS,
  "application/x-ndjson": LINES,
  "application/ndjson": LINES,
  "application/jsonl": LINES,
  "application/json": ARRAY,
  "text/plain": TEXT,
  "text/*": TEXT,
  "application/octet-stream": BYTES,
};

/** The format that a caller's `Accept` prefers; newline-delimited JSON for callers that take anything or say nothing. */
export function itemFormat(accept: string | null): ItemFormat {
  const wanted = accept === null ? [] : parseAccept(accept);
  for (const { type, q } of wanted) {
    const format = q > 0 ? BY_TYPE[type.toLowerCase()] : undefined;
    if (format !== undefined) return format;
    if (type === "*/*" || type === "application/*") break;
  }
  return LINES;
}
