/**
 * How a body travels that does not fit into one message, or is not finished yet: it is offered at a subject, and whoever
 * wants it asks there for as many bytes as it can take. So a slow reader slows the writer, and neither holds more than the
 * window. `docs/protocol.md` is the reference for other languages.
 */
export const STREAM_HEADERS = {
  /** Of a call or a reply: the subject at which its body is offered. */
  stream: "Fmesh-Stream",
  /** Beside it: how many bytes it has, where that is known. Then it is one value that is large, not many that follow. */
  length: "Fmesh-Length",
  /** From the reader, with an inbox to answer to: how many more bytes it can take. `0` says that it is still there. */
  credit: "Fmesh-Credit",
  /** From the reader: it wants no more. */
  cancel: "Fmesh-Cancel",
  /** From the writer: the number of a chunk, from 1. A chunk without bytes says that it is still there. */
  sequence: "Fmesh-Seq",
  /** From the writer: nothing follows. */
  end: "Fmesh-End",
} as const;

/** A body as it comes. */
export interface BodyStream {
  readonly bytes: ReadableStream<Uint8Array>;
  /** How many bytes it has, where that is known. */
  readonly lengthBytes: number | undefined;
}

/** The largest chunk, in bytes: well below what any broker takes as a message. */
export const CHUNK_BYTES = 64 * 1024;

/** How many bytes may be under way to a reader that does not read. */
export const WINDOW_BYTES = 256 * 1024;

/** How long the two sides of a stream wait for each other, in milliseconds. */
export interface StreamTimes {
  /** Whoever has nothing to say says so this often. */
  readonly keepAliveMs: number;
  /** Who was silent this long is gone. */
  readonly silenceMs: number;
}

export const STREAM_TIMES: StreamTimes = Object.freeze({ keepAliveMs: 10_000, silenceMs: 30_000 });
