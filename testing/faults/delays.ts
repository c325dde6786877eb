interface Waiting {
  readonly dueAt: number;
  readonly arrive: () => void;
  readonly lose: () => void;
}

/**
 * Keeps messages on their way. Those of one subject stay in order, as on a broker: one that is slow holds up the next.
 */
export class Delays {
  readonly #queues = new Map<string, Waiting[]>();
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();

  /** Calls `arrive` after the delay, at once for none; or `lose` when everything under way is lost before. */
  send(subject: string, delayMs: number, outcomes: Pick<Waiting, "arrive" | "lose">): void {
    const queue = this.#queues.get(subject);
    if (queue === undefined && delayMs === 0) {
      outcomes.arrive();
      return;
    }
    const waiting = { dueAt: performance.now() + delayMs, ...outcomes };
    if (queue === undefined) {
      this.#queues.set(subject, [waiting]);
      this.#await(subject, delayMs);
    } else {
      queue.push(waiting);
    }
  }

  /** Loses what is under way. */
  loseAll(): void {
    const lost = [...this.#queues.values()].flat();
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#queues.clear();
    this.#timers.clear();
    for (const { lose } of lost) lose();
  }

  #await(subject: string, ms: number): void {
    this.#timers.set(
      subject,
      setTimeout(() => this.#next(subject), Math.max(0, ms)),
    );
  }

  #next(subject: string): void {
    const queue = this.#queues.get(subject) ?? [];
    const first = queue.shift();
    const [second] = queue;
    if (second === undefined) {
      this.#queues.delete(subject);
      this.#timers.delete(subject);
    } else {
      this.#await(subject, second.dueAt - performance.now());
    }
    first?.arrive();
  }
}
