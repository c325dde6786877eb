/** Does what concerns the same thing one after the other, in the order in which it was asked for. */
export class OneAtATime {
  readonly #last = new Map<string, Promise<unknown>>();

  /** Rejects with the signal's reason when that has aborted before its turn. */
  async run<T>(key: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const turn = Promise.withResolvers<void>();
    const before = this.#last.get(key);
    this.#last.set(key, turn.promise);
    try {
      await before;
      signal.throwIfAborted();
      return await work();
    } finally {
      turn.resolve();
      if (this.#last.get(key) === turn.promise) this.#last.delete(key);
    }
  }
}
