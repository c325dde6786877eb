/** What a message takes besides what it holds. */
const ENVELOPE_BYTES = 256;

/** How much waits to be sent, and how much may; one message always may. */
export class Backlog {
  readonly #maxBytes: number;
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** @returns how to say that the message does not wait any more; `undefined` when it does not fit. */
  add(messageBytes: number): (() => void) | undefined {
    const bytes = messageBytes + ENVELOPE_BYTES;
    if (this.#bytes > 0 && this.#bytes + bytes > this.#maxBytes) return undefined;
    this.#bytes += bytes;
    return () => {
      this.#bytes -= bytes;
    };
  }
}
