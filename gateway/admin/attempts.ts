/** How many failures in a row are answered at once. */
const AT_ONCE = 5;
/** After that, one attempt in this time. */
const REFILL_MS = 1000;

/** Bounds how often each name may fail to log in. Names are those that the configuration knows, and one for all others. */
export class Attempts {
  readonly #now: () => number;
  readonly #failed = new Map<string, { count: number; atMs: number }>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Counts an attempt. `false`: there were too many; it is not to be looked at. */
  begin(name: string): boolean {
    const nowMs = this.#now();
    const { count, atMs } = this.#failed.get(name) ?? { count: 0, atMs: nowMs };
    const forgiven = Math.max(0, Math.floor((nowMs - atMs) / REFILL_MS));
    const left = Math.max(0, count - forgiven);
    if (left >= AT_ONCE) return false;
    this.#failed.set(name, { count: left + 1, atMs: left === 0 ? nowMs : atMs + forgiven * REFILL_MS });
    return true;
  }

  /** It was good: the failures before it are forgotten. */
  succeeded(name: string): void {
    this.#failed.delete(name);
  }
}
