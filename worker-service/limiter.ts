/** How much a service takes on at once. */
export interface Bounds {
  /** Handlers running at the same time. */
  readonly concurrency: number;
  /** Calls waiting for their turn; what comes beyond is refused as `overloaded`. */
  readonly queue: number;
}

/** @throws TypeError for bounds that are not whole numbers of at least 1 (concurrency) and 0 (queue). */
export function checkedBounds({ concurrency, queue }: Bounds): Bounds {
  if (!Number.isInteger(concurrency) || concurrency < 1) {
    throw new TypeError(`concurrency must be a whole number of at least 1, not ${concurrency}`);
  }
  if (!Number.isInteger(queue) || queue < 0) {
    throw new TypeError(`queue must be a whole number of at least 0, not ${queue}`);
  }
  return Object.freeze({ concurrency, queue });
}

/** Runs tasks, at most so many at once; the others wait in order. */
export class Limiter {
  readonly #bounds: Bounds;
  readonly #waiting: (() => Promise<void>)[] = [];
  #running = 0;
  #whenIdle: (() => void)[] = [];

  constructor(bounds: Bounds) {
    this.#bounds = bounds;
  }

  /** Tasks that run. */
  get running(): number {
    return this.#running;
  }

  /** Tasks that wait for their turn. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Takes the task on (which must not reject) and answers `true`; `false` when the queue is full. */
  tryRun(task: () => Promise<void>): boolean {
    if (this.#running < this.#bounds.concurrency) {
      this.#run(task);
      return true;
    }
    if (this.#waiting.length >= this.#bounds.queue) return false;
    this.#waiting.push(task);
    return true;
  }

  /** Resolves once nothing runs and nothing waits. */
  idle(): Promise<void> {
    if (this.#running === 0) return Promise.resolve();
    return new Promise((resolve) => this.#whenIdle.push(resolve));
  }

  #run(task: () => Promise<void>): void {
    this.#running++;
    void task().finally(() => {
      this.#running--;
      const next = this.#waiting.shift();
      if (next !== undefined) this.#run(next);
      else if (this.#running === 0) this.#notifyIdle();
    });
  }

  #notifyIdle(): void {
    const waiters = this.#whenIdle;
    this.#whenIdle = [];
    for (const resolve of waiters) resolve();
  }
}
