import type { Subscription } from "../mesh/broker.ts";

/**
 * How much of a service's calls an instance gets: the broker picks one of a queue group's subscriptions at random, so that one
 * who holds more of them gets more.
 */
export class QueueShare {
  readonly #subscribe: () => readonly Subscription[];
  readonly #held: (readonly Subscription[])[] = [];
  #hasLeft = false;

  /** @param subscribe takes one place in the group of each function. */
  constructor(subscribe: () => readonly Subscription[]) {
    this.#subscribe = subscribe;
  }

  /** How many subscriptions of each function there are. */
  get size(): number {
    return this.#held.length;
  }

  /**
   * Takes or gives up places at once; resolves when what came at those given up was handed over. After {@link leave} nothing
   * changes any more.
   */
  async change(size: number): Promise<void> {
    if (this.#hasLeft) return;
    while (this.#held.length < size) this.#held.push(this.#subscribe());
    await this.#giveUp(size);
  }

  /** Gives up all places for good. */
  leave(): Promise<void> {
    this.#hasLeft = true;
    return this.#giveUp(0);
  }

  async #giveUp(rest: number): Promise<void> {
    const given = this.#held.splice(rest).flat();
    await Promise.all(given.map((subscription) => subscription.drain()));
  }
}
