const FIRST_MS = 250;
const LAST_MS = 10_000;
/** What ran this long was healthy: its next restart is quick again. */
const HEALTHY_MS = 10_000;

/** How long to wait before something that ended is started again: longer each time, until it has run for a while. */
export class BackOff {
  #nextMs = FIRST_MS;
  #startedAt = performance.now();

  started(): void {
    this.#startedAt = performance.now();
  }

  next(): number {
    if (performance.now() - this.#startedAt > HEALTHY_MS) this.#nextMs = FIRST_MS;
    const waitMs = this.#nextMs;
    this.#nextMs = Math.min(waitMs * 2, LAST_MS);
    return waitMs;
  }
}
