import type { ChunkPool, FlushQueue } from "./flush.ts";
import type { Sink } from "./transport.ts";

/** How long a client may take to read its last words. */
const END_GRACE_MS = 2_000;
/**
 * What may gather within one turn before it is written without waiting for the turn's end: some twenty calls, so that
 * the other side works on the first of a burst while the last of it is still being read.
 */
const WRITE_EARLY_BYTES = 8 * 1024;

/** A buffer being filled and sent. */
export interface Chunk {
  readonly bytes: Buffer;
  /** First byte not taken yet. */
  start: number;
  end: number;
}

/** What one connection is sent: gathers small writes into chunks and hands them to the sink once per turn. */
export class Outbound {
  readonly #sink: Sink;
  readonly #pool: ChunkPool;
  readonly #flushes: FlushQueue;
  readonly #maxPendingBytes: number;
  readonly #onOverflow: () => void;
  #chunks: Chunk[] = [];
  /** The last chunk, while there is room in it. */
  #open: Chunk | undefined;
  #pendingBytes = 0;
  #isScheduled = false;
  #state: "open" | "ending" | "ended" | "closed" = "open";
  #endReason = "";
  #endTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    sink: Sink,
    options: {
      readonly pool: ChunkPool;
      readonly flushes: FlushQueue;
      readonly maxPendingBytes: number;
      /** Called when more than that is waiting; whoever listens closes the connection. */
      readonly onOverflow: () => void;
    },
  ) {
    this.#sink = sink;
    this.#pool = options.pool;
    this.#flushes = options.flushes;
    this.#maxPendingBytes = options.maxPendingBytes;
    this.#onOverflow = options.onOverflow;
  }

  /**
   * Makes room for `size` bytes. The caller writes all of them into `chunk.bytes`, up to the new `chunk.end`, before
   * anything else happens. `undefined` when nothing can be sent any more.
   */
  claim(size: number): Chunk | undefined {
    if (this.#state !== "open") return undefined;
    if (this.#overflows(size)) {
      this.flush();
      if (this.#overflows(size)) {
        this.#onOverflow();
        return undefined;
      }
    }
    if (this.#pendingBytes >= WRITE_EARLY_BYTES) this.flush();
    return this.#append(size);
  }

  /** Sends protocol text. */
  text(line: string): void {
    const chunk = this.claim(line.length);
    chunk?.bytes.write(line, chunk.end - line.length, "latin1");
  }

  /** Sends what is waiting, then `lastWords`, then closes; whoever does not read them in time is dropped. */
  end(lastWords: string, reason: string): void {
    if (this.#state !== "open") return;
    if (lastWords !== "") {
      const chunk = this.#append(lastWords.length);
      chunk.bytes.write(lastWords, chunk.end - lastWords.length, "latin1");
    }
    this.#state = "ending";
    this.#endReason = reason;
    this.#endTimer = setTimeout(() => this.#sink.terminate(), END_GRACE_MS);
    this.flush();
  }

  /** Forgets what is waiting, except for the rest of a chunk whose first bytes have gone out. */
  dropWaiting(): void {
    const [first] = this.#chunks;
    const isBegun = first !== undefined && first.start > 0;
    this.#chunks = isBegun ? [first] : [];
    this.#pendingBytes = isBegun ? first.end - first.start : 0;
    this.#open = undefined;
  }

  /** The connection is gone. */
  closed(): void {
    this.#state = "closed";
    clearTimeout(this.#endTimer);
    this.#chunks = [];
    this.#open = undefined;
    this.#pendingBytes = 0;
  }

  /** Hands the sink as much as it takes. */
  flush(): void {
    this.#isScheduled = false;
    while (this.#sink.isWritable) {
      const [chunk] = this.#chunks;
      if (chunk === undefined) break;
      const taken = this.#sink.send(chunk.bytes, chunk.start, chunk.end);
      // Sending may have closed the connection.
      if (this.#state === "closed") return;
      chunk.start += taken;
      this.#pendingBytes -= taken;
      if (chunk.start < chunk.end) break;
      this.#chunks.shift();
      if (chunk === this.#open) this.#open = undefined;
      this.#pool.give(chunk.bytes);
    }
    if (this.#state === "ending" && this.#chunks.length === 0) {
      this.#state = "ended";
      this.#sink.end(this.#endReason);
    }
  }

  /** A lone message always fits. */
  #overflows(size: number): boolean {
    return this.#pendingBytes > 0 && this.#pendingBytes + size > this.#maxPendingBytes;
  }

  #append(size: number): Chunk {
    let chunk = this.#open;
    if (chunk === undefined || chunk.end + size > chunk.bytes.length) {
      chunk = { bytes: this.#pool.take(size), start: 0, end: 0 };
      this.#chunks.push(chunk);
      this.#open = chunk;
    }
    chunk.end += size;
    this.#pendingBytes += size;
    if (!this.#isScheduled) {
      this.#isScheduled = true;
      this.#flushes.add(this);
    }
    return chunk;
  }
}
