/** Somebody who is sent more than they have read. */
export interface SlowReader {
  /** What was sent and has not left yet. */
  readonly unsentBytes: number;
  /** Ends it, so that others have the room. */
  giveWay(): void;
}

/** How much of the room is left taken where it got too little: else every further frame would have all readers counted again. */
const KEPT = 7 / 8;

/** Bounds what waits for all readers together: beyond that, those for whom the most waits give way. */
export class UnsentBytes {
  readonly #maxBytes: number;
  /** Those for whom something waited when they were last sent anything. */
  readonly #waiting = new Map<SlowReader, number>();
  #total = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** The reader was sent something. */
  sent(reader: SlowReader): void {
    this.#note(reader, reader.unsentBytes);
    if (this.#total > this.#maxBytes) this.#makeRoom();
  }

  /** Nothing waits for the reader any more. */
  forget(reader: SlowReader): void {
    this.#note(reader, 0);
  }

  #makeRoom(): void {
    // Much may have left since it was sent.
    for (const reader of [...this.#waiting.keys()]) this.#note(reader, reader.unsentBytes);
    if (this.#total <= this.#maxBytes) return;
    const slowest = [...this.#waiting].toSorted(([, a], [, b]) => b - a);
    for (const [reader] of slowest) {
      if (this.#total <= this.#maxBytes * KEPT) return;
      this.forget(reader);
      reader.giveWay();
    }
  }

  #note(reader: SlowReader, bytes: number): void {
    this.#total += bytes - (this.#waiting.get(reader) ?? 0);
    if (bytes > 0) this.#waiting.set(reader, bytes);
    else this.#waiting.delete(reader);
  }
}
