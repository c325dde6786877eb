import type { FaultOptions } from "./fates.ts";

/** Whether the simulated broker is there. It dies and comes back on command, or with a certain message. */
export class BrokerLife {
  readonly #death: FaultOptions["brokerDeath"];
  readonly #listeners = new Set<(isAlive: boolean) => void>();
  #isAlive = true;
  #messages = 0;
  #revival: ReturnType<typeof setTimeout> | undefined;

  constructor(death: FaultOptions["brokerDeath"]) {
    this.#death = death;
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  /** Calls `listener` at each death and revival; returns how to stop that. */
  onChange(listener: (isAlive: boolean) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Counts a message; the broker may die of it. */
  countMessage(): void {
    if (++this.#messages !== this.#death?.atMessage) return;
    this.set(false);
    this.#revival = setTimeout(() => this.set(true), this.#death.forMs);
  }

  set(isAlive: boolean): void {
    clearTimeout(this.#revival);
    if (this.#isAlive === isAlive) return;
    this.#isAlive = isAlive;
    for (const listener of this.#listeners) listener(isAlive);
  }
}
