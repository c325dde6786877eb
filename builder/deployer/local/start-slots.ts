/** What a start costs the machine is over by then, whether it has come to something or not. */
const LONGEST_MS = 1_000;

/**
 * Lets only so many instances start at a time, in the order in which they were wanted: where hundreds begin at once, as after a
 * restart of the machine, all of them would be too late.
 */
export class StartSlots {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  /** Resolves when it may begin, with how to say that it has started; after a second it is taken to have. */
  async take(): Promise<() => void> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    let isHeld = true;
    const release = (): void => {
      clearTimeout(timer);
      if (isHeld) this.#pass();
      isHeld = false;
    };
    const timer = setTimeout(release, LONGEST_MS);
    return release;
  }

  #pass(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free++;
    else next();
  }
}
