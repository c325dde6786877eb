import { type Msg, type MsgHdrs, type NatsConnection, errors } from "@nats-io/nats-core";
import type { MsgImpl } from "@nats-io/nats-core/internal";
import type { Message, MessageHeaders } from "../broker.ts";
import { MeshError } from "../errors.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const NO_HEADERS: MessageHeaders = Object.freeze({});

/** First line of a header block (ADR-4); a status may follow it: `NATS/1.0 503`. */
const VERSION = "NATS/1.0";

/**
 * Headers as nats-core takes them. It asks its own class for every name's canonical form and each value's validity,
 * which was a quarter of a call's work; all it uses of a publish's headers is `encode()`.
 */
function natsHeaders(headers: MessageHeaders): MsgHdrs {
  const encoded = encodeHeaders(headers);
  return { encode: () => encoded } as unknown as MsgHdrs;
}

/**
 * Publishes a message, asking for a reply when `replyTo` is given.
 * @throws MeshError `payload_too_large`, `broker_unavailable`.
 */
export function send(connection: NatsConnection, subject: string, message: Message, replyTo?: string): void {
  try {
    connection.publish(subject, message.payload, {
      headers: natsHeaders(message.headers),
      ...(replyTo !== undefined && { reply: replyTo }),
    });
  } catch (error) {
    throw translate(error, subject);
  }
}

/** A received message. The payload is a view into what arrived, not a copy. */
export function fromNats(message: Msg): Message {
  const headers = headerBlock(message);
  return { payload: message.data, headers: headers === undefined ? NO_HEADERS : decodeHeaders(headers) };
}

/** Whether a reply is the broker's own word that nobody subscribes to the request's subject (ADR-33). */
export function isNoResponders(message: Msg): boolean {
  if (message.data.length > 0) return false;
  const block = headerBlock(message);
  return block !== undefined && decoder.decode(block).startsWith(`${VERSION} 503`);
}

/** The one place where NATS errors become ours. */
function translate(error: unknown, subject: string): unknown {
  if (error instanceof errors.InvalidArgumentError && error.message.includes("max_payload")) {
    return new MeshError("payload_too_large", "the message is larger than the broker takes", { cause: error });
  }
  if (error instanceof errors.ClosedConnectionError || error instanceof errors.DrainingConnectionError) {
    return new MeshError("broker_unavailable", "the connection to the broker is closed", { cause: error });
  }
  if (error instanceof errors.InvalidSubjectError) {
    return new MeshError("internal", `subject "${subject}" is not valid`, { cause: error });
  }
  return error;
}

function encodeHeaders(headers: MessageHeaders): Uint8Array {
  let text = VERSION;
  for (const name in headers) {
    const value = headers[name] ?? "";
    // A line break would end this header and begin one of the sender's choosing.
    if (value.includes("\n") || value.includes("\r")) {
      throw new MeshError("invalid_request", `header "${name}" holds a line break`);
    }
    text += `\r\n${name}: ${value}`;
  }
  return encoder.encode(`${text}\r\n\r\n`);
}

function decodeHeaders(block: Uint8Array): MessageHeaders {
  const text = decoder.decode(block);
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

/** The header bytes as they came; the public accessor would parse them into its own, costlier form. */
function headerBlock(message: Msg): Uint8Array | undefined {
  const { _msg: frame, _rdata: bytes } = message as MsgImpl;
  return frame.hdr > 0 ? bytes.subarray(0, frame.hdr) : undefined;
}
