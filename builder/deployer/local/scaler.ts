import type { Log } from "../../../mesh/log.ts";
import { shares } from "./shares.ts";
import type { VersionPool } from "./version-pool.ts";

/** A version as it is to run at the moment. */
export interface Scaled {
  readonly pool: VersionPool;
  /** Of the calls. */
  readonly percent: number;
  /** Somebody makes it ready for calls that it does not get yet. */
  readonly isHeld: boolean;
}

/** How often instances are asked how they do: while there is work, and while there is none. */
const BUSY_MS = 250;
const IDLE_MS = 1_000;
/** After a change: the call that an instance was started for comes first. */
const SOON_MS = 20;

/** What an instance has that is started for the calls there are: its part is settled once it takes them. */
const FIRST_SHARE = 1;

/**
 * Keeps the instances of a function as many as its calls need, and its calls divided as its traffic says. It works in rounds: asks
 * all how they do, starts and ends some, divides the calls among those that are up, and ends those that get none.
 */
export class Scaler {
  readonly #state: () => readonly Scaled[];
  readonly #log: Log;
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #changed: ReturnType<typeof setTimeout> | undefined;
  #isClosed = false;

  constructor(state: () => readonly Scaled[], log: Log) {
    this.#state = state;
    this.#log = log;
  }

  /** Has a round soon, for something has changed. */
  note(): void {
    this.#changed ??= setTimeout(() => {
      this.#changed = undefined;
      void this.round();
    }, SOON_MS);
  }

  /** Has a round that begins after this; resolves when it is over. */
  round(): Promise<void> {
    this.#next ??= this.#afterRunning();
    return this.#next;
  }

  /** Has no round any more once it resolves. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#changed);
    await this.#running;
  }

  async #afterRunning(): Promise<void> {
    await this.#running;
    this.#next = undefined;
    this.#running = this.#round();
    await this.#running;
  }

  async #round(): Promise<void> {
    if (this.#isClosed) return;
    clearTimeout(this.#timer);
    try {
      await Promise.all(this.#state().map(({ pool }) => pool.ask()));
      const isBusy = this.#scale(performance.now());
      await this.#spread();
      for (const { pool, percent, isHeld } of this.#state()) if (percent === 0 && !isHeld) void pool.stopAll();
      this.#schedule(isBusy);
    } catch (error) {
      this.#log.error("a function's instances could not be looked after; it is tried again", { error });
      this.#schedule(false);
    }
  }

  /** Says whether there is anything to do. */
  #scale(nowMs: number): boolean {
    const serving = this.#serving().map(({ pool }) => pool);
    const isUsed = serving.map((pool) => pool.demand.observe(pool.up, nowMs)).includes(true);
    const isAwake = serving.some(({ count }) => count > 0);
    const isIdle = serving.every(({ count, demand }) => count === 0 || demand.isIdle(nowMs));
    for (const pool of serving) {
      const { demand, deployment, count } = pool;
      const { min } = deployment.scale;
      // Versions that share the calls sleep and wake together: one that slept alone would not get its part.
      const wanted = demand.wanted(isAwake && !isIdle ? Math.max(min, 1) : min);
      if (count < wanted) this.#startSome(pool, Math.min(wanted - count, Math.max(1, count)));
      else pool.stopSome(isIdle ? count - wanted : demand.surplus({ wanted, count, nowMs }));
    }
    return isUsed || serving.some((pool) => pool.up.length < pool.count);
  }

  #startSome(pool: VersionPool, count: number): void {
    if (pool.restarts.waitMs > 0) return;
    pool.startMore(count, FIRST_SHARE).catch((error: unknown) => {
      // The pool has taken note of it: it is told in the log, and by the function's state.
      this.#log.debug("a function has fewer instances than it needs", { error });
    });
  }

  /** Divides the calls: first those get them that are to have more, so that at no moment there is nobody. */
  async #spread(): Promise<void> {
    const state = this.#state();
    // Not by version: of one that is replaced there are two for a while.
    const divided = shares(
      Object.fromEntries(state.map(({ percent }, index) => [index, percent])),
      Object.fromEntries(state.map(({ pool }, index) => [index, pool.up.length])),
    );
    const changes = state
      .flatMap(({ pool }, index) => pool.up.map((instance, nth) => ({ instance, share: divided[index]?.[nth] ?? 0 })))
      .filter(({ instance, share }) => instance.share !== share && !instance.isSilent);
    const more = changes.filter(({ instance, share }) => share > instance.share);
    const less = changes.filter(({ instance, share }) => share < instance.share);
    for (const each of [more, less]) await Promise.all(each.map(({ instance, share }) => instance.ask(share)));
  }

  #serving(): readonly Scaled[] {
    return this.#state().filter(({ percent }) => percent > 0);
  }

  #schedule(isBusy: boolean): void {
    if (this.#isClosed) return;
    const serving = this.#serving().map(({ pool }) => pool);
    const isRunning = this.#state().some(({ pool }) => pool.isRunning);
    const isAwake = serving.some(({ count }) => count > 0);
    // Those that are to run and do not, because they keep ending.
    const waits = serving.flatMap(({ restarts, count, deployment: { scale } }) =>
      count < Math.max(scale.min, isAwake ? 1 : 0) ? [restarts.waitMs] : [],
    );
    const afterMs = Math.min(isRunning ? (isBusy ? BUSY_MS : IDLE_MS) : Infinity, ...waits);
    clearTimeout(this.#timer);
    if (afterMs === Infinity) return;
    this.#timer = setTimeout(() => void this.round(), Math.max(afterMs, 1));
  }
}
