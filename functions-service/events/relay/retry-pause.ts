import { pause } from "../../../mesh/pause.ts";

const FIRST_MS = 100;
const LAST_MS = 5000;

/** Longer each time, until something succeeds. */
export class RetryPause {
  #nextMs = FIRST_MS;

  reset(): void {
    this.#nextMs = FIRST_MS;
  }

  async wait(signal: AbortSignal): Promise<void> {
    const waitMs = this.#nextMs;
    this.#nextMs = Math.min(waitMs * 2, LAST_MS);
    await pause(waitMs, signal);
  }
}
