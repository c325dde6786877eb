import { unlessAborted } from "../../registry/unless-aborted.ts";

/** Lets one after the other work, in the order in which they came. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  /** Rejects with the signal's reason when it aborts before it is its turn; what has begun has to look after the signal itself. */
  async take<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const before = this.#last;
    const mine = Promise.withResolvers<void>();
    this.#last = before.then(() => mine.promise);
    try {
      await unlessAborted(before, signal);
      return await work();
    } finally {
      mine.resolve();
    }
  }
}
