import { Fields } from "./fields.ts";
import { type Operation, operationAt } from "./operation.ts";
import { Publication } from "./publication.ts";
import { ProtocolViolation, VIOLATIONS } from "./violation.ts";

/** What a client asks for, one call per operation. Each may throw a {@link ProtocolViolation}. */
export interface ProtocolHandler {
  /** The name of an operation was read; more than once when the operation spans chunks. */
  begin(operation: Operation): void;
  /** The publication is only valid during the call. */
  publish(publication: Publication): void;
  subscribe(subject: string, queue: string | undefined, sid: string): void;
  /** `max` 0 means at once, otherwise after that many messages in all. */
  unsubscribe(sid: string, max: number): void;
  connect(json: string): void;
  ping(): void;
  pong(): void;
}

export interface ProtocolLimits {
  readonly maxPayloadBytes: number;
  readonly maxControlLineBytes: number;
}

const LF = 10;
const CR = 13;
/** Result of reading an operation whose end has not arrived. */
const INCOMPLETE = -1;
const NOTHING = Buffer.alloc(0);
const LONGEST_OPERATION = "CONNECT ".length;

/**
 * Cuts a client's byte stream into operations. It does not matter how the stream is split into chunks: what lies
 * inside one chunk is handed on as a view of it, what spans chunks is put together once.
 */
export class ProtocolParser {
  readonly #handler: ProtocolHandler;
  readonly #limits: ProtocolLimits;
  readonly #fields = new Fields();
  readonly #publication = new Publication();
  /** The begun operation; when its whole length is known, a buffer of that length. */
  #held: Buffer = NOTHING;
  #heldBytes = 0;
  /** Whole length of the operation that was INCOMPLETE, or 0 while its control line is. */
  #wholeBytes = 0;
  #isStopped = false;

  constructor(handler: ProtocolHandler, limits: ProtocolLimits) {
    this.#handler = handler;
    this.#limits = limits;
  }

  /** Ends parsing, even in the middle of a chunk. */
  stop(): void {
    this.#isStopped = true;
    this.#release();
  }

  /** @throws ProtocolViolation when the stream is malformed; nothing can be made of what follows. */
  push(chunk: Buffer): void {
    if (this.#isStopped) return;
    let at = this.#heldBytes === 0 ? 0 : this.#resume(chunk);
    while (at < chunk.length && !this.#isStopped) {
      const end = this.#operation(chunk, at);
      if (end === INCOMPLETE) {
        this.#hold(chunk, at);
        return;
      }
      at = end;
    }
  }

  /** Completes the held operation from the chunk; returns where the chunk goes on. */
  #resume(chunk: Buffer): number {
    let at = 0;
    if (this.#wholeBytes === 0) {
      const lineFeed = chunk.indexOf(LF);
      at = lineFeed === -1 ? chunk.length : lineFeed + 1;
      this.#held = Buffer.concat([this.#held, chunk.subarray(0, at)]);
      this.#heldBytes = this.#held.length;
      if (this.#operation(this.#held, 0) !== INCOMPLETE) {
        this.#release();
        return at;
      }
      if (this.#wholeBytes === 0) return at;
      this.#hold(this.#held, 0);
    }
    const taken = Math.min(this.#wholeBytes - this.#heldBytes, chunk.length - at);
    chunk.copy(this.#held, this.#heldBytes, at, at + taken);
    this.#heldBytes += taken;
    if (this.#heldBytes === this.#wholeBytes) {
      this.#operation(this.#held, 0);
      this.#release();
    }
    return at + taken;
  }

  #hold(bytes: Buffer, from: number): void {
    const begun = bytes.subarray(from, bytes.length);
    this.#heldBytes = begun.length;
    if (this.#wholeBytes === 0) {
      this.#held = Buffer.from(begun);
    } else {
      this.#held = Buffer.allocUnsafe(this.#wholeBytes);
      begun.copy(this.#held, 0);
    }
  }

  #release(): void {
    this.#held = NOTHING;
    this.#heldBytes = 0;
    this.#wholeBytes = 0;
  }

  /** Reads the operation that begins at `at`; returns where it ends, or INCOMPLETE. */
  #operation(bytes: Buffer, at: number): number {
    const lineFeed = bytes.indexOf(LF, at);
    const operation = operationAt(bytes, at, lineFeed === -1 ? bytes.length : lineFeed);
    if (operation !== undefined) this.#handler.begin(operation);
    if (lineFeed === -1) {
      if (bytes.length - at - LONGEST_OPERATION > this.#limits.maxControlLineBytes) throw tooLong();
      this.#wholeBytes = 0;
      return INCOMPLETE;
    }
    if (operation === undefined) throw malformed();
    const argumentsAt = at + operation.length;
    if (operation === "CONNECT") return this.#connect(bytes, argumentsAt, lineFeed);
    const fields = this.#fields;
    fields.split(bytes, argumentsAt, lineFeed);
    if (fields.count > 0 && lineEnd(bytes, lineFeed) - fields.start(0) > this.#limits.maxControlLineBytes) {
      throw tooLong();
    }
    switch (operation) {
      case "PUB":
      case "HPUB":
        return this.#publish(operation, bytes, at, lineFeed);
      case "SUB":
        if (fields.count !== 2 && fields.count !== 3) throw malformed();
        this.#handler.subscribe(
          fields.text(bytes, 0),
          fields.count === 3 ? fields.text(bytes, 1) : undefined,
          fields.text(bytes, fields.count - 1),
        );
        break;
      case "UNSUB":
        if (fields.count !== 1 && fields.count !== 2) throw malformed();
        this.#handler.unsubscribe(fields.text(bytes, 0), fields.count === 2 ? fields.number(bytes, 1) : 0);
        break;
      case "PING":
        if (fields.count > 0) throw malformed();
        this.#handler.ping();
        break;
      case "PONG":
        if (fields.count > 0) throw malformed();
        this.#handler.pong();
        break;
    }
    return lineFeed + 1;
  }

  #connect(bytes: Buffer, argumentsAt: number, lineFeed: number): number {
    const json = bytes.toString("utf8", argumentsAt, lineFeed).trim();
    if (lineFeed - argumentsAt > this.#limits.maxControlLineBytes) throw tooLong();
    this.#handler.connect(json);
    return lineFeed + 1;
  }

  #publish(operation: "PUB" | "HPUB", bytes: Buffer, at: number, lineFeed: number): number {
    const { count } = this.#fields;
    const hasHeaders = operation === "HPUB";
    const sizes = hasHeaders ? 2 : 1;
    if (count !== sizes + 1 && count !== sizes + 2) throw malformed();
    const totalBytes = this.#fields.number(bytes, count - 1);
    const headerBytes = hasHeaders ? this.#fields.number(bytes, count - 2) : 0;
    if (headerBytes > totalBytes) throw malformed();
    if (totalBytes > this.#limits.maxPayloadBytes) throw new ProtocolViolation(VIOLATIONS.payload);

    const bodyStart = lineFeed + 1;
    const bodyEnd = bodyStart + totalBytes;
    const end = bodyEnd + 2;
    if (end > bytes.length) {
      this.#wholeBytes = end - at;
      return INCOMPLETE;
    }
    if (bytes[bodyEnd] !== CR || bytes[bodyEnd + 1] !== LF) throw malformed();
    if (!this.#fields.isCanonical) {
      this.#operation(this.#canonical(operation, bytes, bodyStart, end), 0);
      return end;
    }

    const publication = this.#publication;
    publication.source = bytes;
    publication.subject = this.#fields.text(bytes, 0);
    publication.subjectStart = this.#fields.start(0);
    publication.subjectEnd = this.#fields.end(0);
    const hasReply = count === sizes + 2;
    publication.replyStart = hasReply ? this.#fields.start(1) : 0;
    publication.replyEnd = hasReply ? this.#fields.end(1) : 0;
    publication.hasHeaders = hasHeaders;
    publication.headerBytes = headerBytes;
    publication.totalBytes = totalBytes;
    publication.bodyStart = bodyStart;
    publication.end = end;
    this.#handler.publish(publication);
    // An idle connection keeps no chunk alive.
    publication.source = NOTHING;
    return end;
  }

  /** The same operation with single spaces and CRLF, for clients that write it otherwise. */
  #canonical(operation: string, bytes: Buffer, bodyStart: number, end: number): Buffer {
    const words = [operation];
    for (let index = 0; index < this.#fields.count; index++) words.push(this.#fields.text(bytes, index));
    return Buffer.concat([Buffer.from(`${words.join(" ")}\r\n`, "latin1"), bytes.subarray(bodyStart, end)]);
  }
}

function lineEnd(bytes: Buffer, lineFeed: number): number {
  return bytes[lineFeed - 1] === CR ? lineFeed - 1 : lineFeed;
}

function malformed(): ProtocolViolation {
  return new ProtocolViolation(VIOLATIONS.unknownOperation);
}

function tooLong(): ProtocolViolation {
  return new ProtocolViolation(VIOLATIONS.controlLine);
}
