import { pause } from "../../../../mesh/pause.ts";

/** How long is waited before something is tried again. */
export interface BackOffPolicy {
  readonly firstMs: number;
  /** Each pause is twice the one before it, but not longer than this. */
  readonly mostMs: number;
}

/** Pauses that grow as long as nothing works. */
export class BackOff {
  readonly #policy: BackOffPolicy;
  #next: number;

  constructor(policy: BackOffPolicy) {
    this.#policy = policy;
    this.#next = policy.firstMs;
  }

  /** Something worked. */
  reset(): void {
    this.#next = this.#policy.firstMs;
  }

  /**
   * @param askedMs what the other side asked for instead.
   * @throws the signal's reason when it ends the pause.
   */
  async wait(signal: AbortSignal, askedMs?: number): Promise<void> {
    // Many who lost the same server are not to come back at the same moment.
    const ms = this.#next * (0.5 + Math.random() / 2);
    this.#next = Math.min(this.#next * 2, this.#policy.mostMs);
    await pause(askedMs ?? ms, signal);
    signal.throwIfAborted();
  }
}
