/** Memory to read into, over and over: what was read before is gone then. To get as much anew takes longer than to read it. */
export class ReadBuffer {
  #bytes = new Uint8Array(0);

  /** So many bytes of it, whatever they hold. */
  take(bytes: number): Uint8Array {
    if (bytes > this.#bytes.length) this.#bytes = new Uint8Array(bytes);
    return this.#bytes.subarray(0, bytes);
  }
}
