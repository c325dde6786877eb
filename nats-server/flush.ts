/** Bytes of a chunk that messages gather in. */
const CHUNK_BYTES = 64 * 1024;
/** Free chunks kept for the next turn. */
const MOST_FREE = 64;

/** Something with writes to hand on. */
export interface Flushable {
  flush(): void;
}

/**
 * Flushes every connection that was written to once per turn of the event loop: a burst of messages is then one
 * system call, and a lone message waits for nothing but the end of its turn.
 */
export class FlushQueue {
  #waiting: Flushable[] = [];
  readonly #run = (): void => {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const connection of waiting) connection.flush();
  };

  add(connection: Flushable): void {
    if (this.#waiting.push(connection) === 1) setImmediate(this.#run);
  }
}

/** Buffers to gather writes in. Idle connections hold none, busy ones share these. */
export class ChunkPool {
  readonly #free: Buffer[] = [];

  /** A buffer of at least `size` bytes. */
  take(size: number): Buffer {
    if (size > CHUNK_BYTES) return Buffer.allocUnsafeSlow(size);
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(CHUNK_BYTES);
  }

  give(buffer: Buffer): void {
    if (buffer.length === CHUNK_BYTES && this.#free.length < MOST_FREE) this.#free.push(buffer);
  }
}
