import type { Deployment } from "../../../mesh/deployment.ts";
import type { LiveInstance } from "./live-instance.ts";

/** Watches what the instances of a version have to do. */
export class DemandWatch {
  readonly #scale: Deployment["scale"];
  readonly #calls = new WeakMap<LiveInstance, number>();
  #lastWorkMs: number;
  #atOnce = 0;
  #surplus: { readonly sinceMs: number; peak: number } | undefined;

  constructor(scale: Deployment["scale"], nowMs: number) {
    this.#scale = scale;
    this.#lastWorkMs = nowMs;
  }

  /** How many calls its instances had at once when they were asked last. */
  get atOnce(): number {
    return this.#atOnce;
  }

  /** Whether there was nothing to do for as long as an idle instance stays. */
  isIdle(nowMs: number): boolean {
    return nowMs - this.#lastWorkMs >= this.#scale.idleSeconds * 1000;
  }

  /** Somebody wants it. */
  touch(nowMs: number): void {
    this.#lastWorkMs = nowMs;
  }

  /** Takes note of what the instances said last. Says whether there is anything to do. */
  observe(instances: readonly LiveInstance[], nowMs: number): boolean {
    let isUsed = false;
    this.#atOnce = 0;
    for (const instance of instances) {
      const { running, waiting, calls } = instance.report ?? { running: 0, waiting: 0, calls: 0 };
      // One that is too busy to answer has more than enough to do.
      const atOnce = instance.isSilent ? this.#scale.concurrency + 1 : running + waiting;
      this.#atOnce += atOnce;
      isUsed ||= atOnce > 0 || calls !== (this.#calls.get(instance) ?? 0);
      this.#calls.set(instance, calls);
    }
    if (isUsed) this.#lastWorkMs = nowMs;
    return isUsed;
  }

  /** How many instances there are to be for the calls that there are, and `least` at any rate. */
  wanted(least: number): number {
    const { concurrency, max } = this.#scale;
    return Math.min(Math.max(Math.ceil(this.#atOnce / concurrency), least), max);
  }

  /** How many instances there have been too many for as long as an idle one stays. */
  surplus({ wanted, count, nowMs }: { wanted: number; count: number; nowMs: number }): number {
    if (count <= wanted) {
      this.#surplus = undefined;
      return 0;
    }
    const surplus = (this.#surplus ??= { sinceMs: nowMs, peak: wanted });
    surplus.peak = Math.max(surplus.peak, wanted);
    if (nowMs - surplus.sinceMs < this.#scale.idleSeconds * 1000) return 0;
    this.#surplus = undefined;
    return Math.max(0, count - surplus.peak);
  }
}
