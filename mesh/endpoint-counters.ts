import type { MeshError } from "./errors.ts";
import { RecentCallsWindow } from "./recent-calls.ts";
import type { EndpointStats } from "./service-info.ts";

/** How one call went. */
export interface Outcome {
  readonly handlerMs: number;
  readonly error: MeshError | undefined;
}

const NS_PER_MS = 1e6;

/** Counts the calls of one function for `$SRV.STATS`. */
export class EndpointCounters {
  #requests = 0;
  #errors = 0;
  #lastError = "";
  #processingMs = 0;
  readonly #recent: RecentCallsWindow;

  /** @param now a clock in milliseconds. */
  constructor(now: () => number = Date.now) {
    this.#recent = new RecentCallsWindow(now);
  }

  count({ handlerMs, error }: Outcome): void {
    this.#requests++;
    this.#processingMs += handlerMs;
    this.#recent.record(handlerMs, error !== undefined);
    if (error === undefined) return;
    this.#errors++;
    this.#lastError = `${error.status}:${error.message}`;
  }

  stats(endpoint: { name: string; subject: string; queue_group: string }): EndpointStats {
    const processingNs = Math.round(this.#processingMs * NS_PER_MS);
    return {
      ...endpoint,
      num_requests: this.#requests,
      num_errors: this.#errors,
      last_error: this.#lastError,
      processing_time: processingNs,
      average_processing_time: this.#requests === 0 ? 0 : Math.round(processingNs / this.#requests),
      data: this.#recent.summary(),
    };
  }
}
