import type { MessageHeaders } from "../broker.ts";
import { MeshError } from "../errors.ts";

/** First line of a header block (ADR-4); a status may follow it: `NATS/1.0 503`. */
const VERSION = "NATS/1.0";
const NO_HEADERS: MessageHeaders = Object.freeze({});

/**
 * Headers as they travel.
 * @throws MeshError `invalid_request` for a line break: it would end its header and begin one of the sender's choosing.
 */
export function encodeHeaderBlock(headers: MessageHeaders): string {
  let text = VERSION;
  for (const name in headers) {
    const value = headers[name] ?? "";
    if (value.includes("\n") || value.includes("\r")) {
      throw new MeshError("invalid_request", `header "${name}" holds a line break`);
    }
    text = `${text}\r\n${name}: ${value}`;
  }
  return `${text}\r\n\r\n`;
}

/** The headers in a block; of no block there are none. */
export function decodeHeaderBlock(text: string): MessageHeaders {
  if (text === "") return NO_HEADERS;
  // Without a prototype: only what was sent is in it.
  const headers = Object.create(null) as Record<string, string>;
  let start = text.indexOf("\r\n") + 2;
  for (let end = text.indexOf("\r\n", start); end > start; end = text.indexOf("\r\n", start)) {
    const colon = text.indexOf(":", start);
    if (colon > start && colon < end) headers[text.slice(start, colon)] = text.slice(colon + 1, end).trim();
    start = end + 2;
  }
  return headers;
}

/** Whether a block without a payload is the broker's "no responders". */
export function isNoRespondersBlock(text: string): boolean {
  return text.startsWith(`${VERSION} 503`);
}
