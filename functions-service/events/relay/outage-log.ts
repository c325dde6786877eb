import type { Log } from "../../../mesh/log.ts";

/** How often the same reason for waiting is logged, in milliseconds. */
const REMIND_MS = 60_000;
const NOTHING_TOLD: { readonly reason: string; readonly at: number } = { reason: "", at: 0 };

/** Says why events wait, once for each reason and again every minute, and when they move again. */
export class OutageLog {
  readonly #log: Log;
  #since: number | undefined;
  #told = NOTHING_TOLD;

  constructor(log: Log) {
    this.#log = log;
  }

  failed({ message: reason }: Error): void {
    const now = performance.now();
    this.#since ??= now;
    if (reason === this.#told.reason && now - this.#told.at < REMIND_MS) return;
    this.#told = { reason, at: now };
    this.#log.warn("events cannot be delivered; they wait in the journal and are tried again", { reason });
  }

  succeeded(): void {
    if (this.#since === undefined) return;
    const afterSeconds = Math.round((performance.now() - this.#since) / 1000);
    this.#since = undefined;
    this.#told = NOTHING_TOLD;
    this.#log.info("events are delivered again", { afterSeconds });
  }
}
