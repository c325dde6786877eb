import { Buffer } from "node:buffer";
import type { BlockMessage } from "./block-delivery.ts";

/** What a NATS server says. */
export interface ServerHandler {
  onInfo(json: string): void;
  /** @param sid the number of the subscription that it came by. */
  onMessage(sid: string, message: BlockMessage): void;
  onPing(): void;
  onPong(): void;
  onError(text: string): void;
}

/** Longer than any line of a server, its greeting included. */
const MAX_LINE_BYTES = 1024 * 1024;
const LINE_END = "\r\n";
const QUOTES = /^[\s']+|[\s']+$/g;

/**
 * Splits what a NATS server sends into what it says, wherever the chunks end
 * (https://docs.nats.io/reference/reference-protocols/nats-protocol).
 */
export class ServerParser {
  readonly #handler: ServerHandler;
  #rest: Buffer[] = [];
  #restBytes = 0;
  /** With fewer bytes than these there is nothing more to hand over. */
  #neededBytes = 0;

  constructor(handler: ServerHandler) {
    this.#handler = handler;
  }

  /**
   * Hands over all that is complete. The chunk is kept: payloads are views into it.
   * @throws Error for what no NATS server says.
   */
  push(chunk: Buffer): void {
    let bytes = chunk;
    if (this.#restBytes > 0) {
      this.#rest.push(chunk);
      this.#restBytes += chunk.length;
      // A large message comes in many chunks: it is put together once.
      if (this.#restBytes < this.#neededBytes) return;
      bytes = Buffer.concat(this.#rest, this.#restBytes);
    }
    let start = 0;
    for (let end = 0; end >= 0 && start < bytes.length;) {
      end = this.#take(bytes, start);
      if (end >= 0) start = end;
    }
    this.#restBytes = bytes.length - start;
    this.#rest = this.#restBytes > 0 ? [bytes.subarray(start)] : [];
  }

  /** Hands over what begins there and gives where it ends; -1 when not all of it has come. */
  #take(bytes: Buffer, start: number): number {
    const lineEnd = bytes.indexOf(LINE_END, start, "latin1");
    if (lineEnd < 0) {
      if (bytes.length - start > MAX_LINE_BYTES) throw new Error("a line of the broker does not end");
      this.#neededBytes = bytes.length - start + 1;
      return -1;
    }
    const line = bytes.toString("utf8", start, lineEnd);
    const [verb = ""] = line.split(" ", 1);
    const next = lineEnd + LINE_END.length;
    switch (verb) {
      case "MSG":
      case "HMSG":
        return this.#takeMessage(bytes, { start, next, parts: line.split(" ") });
      case "PING":
        this.#handler.onPing();
        return next;
      case "PONG":
        this.#handler.onPong();
        return next;
      case "INFO":
        this.#handler.onInfo(line.slice(verb.length));
        return next;
      case "-ERR":
        this.#handler.onError(line.slice(verb.length).replaceAll(QUOTES, ""));
        return next;
      case "+OK":
        return next;
      default:
        throw new Error("the broker says what no NATS server does");
    }
  }

  /** `MSG subject sid [reply] bytes` or `HMSG subject sid [reply] header-bytes bytes`, and then those bytes. */
  #takeMessage(
    bytes: Buffer,
    { start, next, parts }: { readonly start: number; readonly next: number; readonly parts: readonly string[] },
  ): number {
    const sizes = parts[0] === "HMSG" ? 2 : 1;
    const [, subject = "", sid = "", replyTo = ""] = parts;
    const totalBytes = Number(parts.at(-1));
    const headerBytes = sizes === 2 ? Number(parts.at(-2)) : 0;
    const hasReply = parts.length === 4 + sizes;
    if ((!hasReply && parts.length !== 3 + sizes) || !(headerBytes >= 0 && headerBytes <= totalBytes)) {
      throw new Error("the broker announces a message that cannot be");
    }
    const end = next + totalBytes;
    if (bytes.length < end + LINE_END.length) {
      this.#neededBytes = end + LINE_END.length - start;
      return -1;
    }
    this.#handler.onMessage(sid, {
      subject,
      replyTo: hasReply ? replyTo : "",
      headers: headerBytes === 0 ? "" : bytes.toString("utf8", next, next + headerBytes),
      // Not the buffer's own view: its methods are other ones than callers are used to.
      payload: new Uint8Array(bytes.buffer, bytes.byteOffset + next + headerBytes, totalBytes - headerBytes),
    });
    return end + LINE_END.length;
  }
}
