/** Does what concerns the same thing one after the other, in the order in which it was asked for. */
export class OneAtATime {
  readonly #last = new Map<string, Promise<unknown>>();

  /** Rejects with the signal's reason when that aborts before its turn comes. */
  async run<T>(key: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(key);
    const done = Promise.withResolvers<void>();
    // Who gives up waiting leaves those behind it to wait for the one before.
    const last = Promise.all([before, done.promise]);
    this.#last.set(key, last);
    try {
      await unlessAborted(before, signal);
      return await work();
    } finally {
      done.resolve();
      if (this.#last.get(key) === last) void last.then(() => this.#forget(key, last));
    }
  }

  #forget(key: string, last: Promise<unknown>): void {
    if (this.#last.get(key) === last) this.#last.delete(key);
  }
}

async function unlessAborted(waiting: Promise<unknown> | undefined, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  if (waiting === undefined) return;
  const aborted = Promise.withResolvers<never>();
  const abort = (): void => aborted.reject(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  try {
    await Promise.race([waiting, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
