/** Something that was started and can be stopped. `close()` may be called twice. */
export interface Closable {
  close(): Promise<void>;
}

/**
 * Things to close, newest first, as a resource stack: what was opened last depends on what was opened before.
 * Every one is closed even when another fails; the failures are thrown together.
 */
export class CloseStack implements Closable {
  readonly #closables: (() => Promise<void> | void)[] = [];
  #closing: Promise<void> | undefined;

  /** Remembers what to close and hands the thing back, so that opening and remembering are one line. */
  use<T extends Closable>(closable: T): T {
    this.defer(() => closable.close());
    return closable;
  }

  /** What is opened after the closing began is closed at once: nobody else would. */
  defer(close: () => Promise<void> | void): void {
    if (this.#closing === undefined) this.#closables.push(close);
    else this.#closing = closeAfter(this.#closing, close);
  }

  close(): Promise<void> {
    this.#closing ??= this.#closeAll();
    return this.#closing;
  }

  async #closeAll(): Promise<void> {
    const failures: unknown[] = [];
    for (const close of this.#closables.reverse()) {
      try {
        await close();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, "some parts did not close cleanly");
  }
}

async function closeAfter(earlier: Promise<void>, close: () => Promise<void> | void): Promise<void> {
  try {
    await earlier;
  } finally {
    await close();
  }
}
