import { unlessAborted } from "../../registry/unless-aborted.ts";

/** Lets those that have to do with the same thing work one after the other, in the order in which they came. */
export class Turns {
  readonly #last = new Map<string, Promise<void>>();

  /** Rejects with the signal's reason when it aborts before it is its turn; what has begun has to look after the signal itself. */
  async take<T>(of: string, work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const before = this.#last.get(of) ?? Promise.resolve();
    const { promise: mine, resolve } = Promise.withResolvers<void>();
    const last = before.then(() => mine);
    this.#last.set(of, last);
    try {
      await unlessAborted(before, signal);
      return await work();
    } finally {
      resolve();
      void last.then(() => this.#forget(of, last));
    }
  }

  #forget(of: string, last: Promise<void>): void {
    if (this.#last.get(of) === last) this.#last.delete(of);
  }
}
