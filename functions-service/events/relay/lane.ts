import type { Log } from "../../../mesh/log.ts";
import { pause } from "../../../mesh/pause.ts";
import type { Journal } from "../../store.ts";
import type { Sink } from "../sink.ts";
import { Lease } from "./lease.ts";
import { OutageLog } from "./outage-log.ts";
import { Page } from "./page.ts";
import { RetryPause } from "./retry-pause.ts";

export interface LaneOptions {
  readonly sink: Sink;
  readonly journal: Pick<Journal, "read" | "sinks">;
  /** Who works for the sink: a random name of the process. */
  readonly holder: string;
  /** How long the right to work for the sink outlives a process, in milliseconds. */
  readonly leaseMs: number;
  /** Changes read at a time: the most that are held in memory, and in flight. */
  readonly batch: number;
  readonly pollMs: number;
  readonly log: Log;
}

/** How long a position that could be written may wait while a page is under way, in milliseconds. */
const ADVANCE_MS = 1000;

/**
 * One sink's way through the journal, at its own pace: a sink that is away does not keep others waiting. Of several
 * processes one goes it at a time, and another goes on from where it was when it ends.
 */
export class Lane {
  readonly #options: LaneOptions;
  readonly #retry = new RetryPause();
  readonly #outage: OutageLog;
  readonly #log: Log;
  #nap = new AbortController();

  constructor(options: LaneOptions) {
    this.#options = options;
    this.#log = options.log.with({ sink: options.sink.name });
    this.#outage = new OutageLog(this.#log);
  }

  /** There is something new. */
  wake(): void {
    this.#nap.abort();
  }

  async run(signal: AbortSignal): Promise<void> {
    const { sink, journal, holder, leaseMs, pollMs } = this.#options;
    const wanted = { sinks: journal.sinks, name: sink.name, holder, leaseMs, log: this.#log };
    // Tells of a wrong setting at once, not when something happens.
    const { failure } = await sink.publish([], signal);
    if (failure !== undefined && !signal.aborted) this.#outage.failed(failure);
    while (!signal.aborted) {
      try {
        const lease = await Lease.take(wanted);
        if (lease === undefined) await pause(pollMs, signal);
        else await this.#work(lease, signal);
      } catch (error) {
        this.#log.error("the journal cannot be read or written; events wait in it", { error });
        await this.#retry.wait(signal);
      }
    }
  }

  async #work(lease: Lease, signal: AbortSignal): Promise<void> {
    const { journal, batch, pollMs } = this.#options;
    const isOver = AbortSignal.any([signal, lease.lost]);
    try {
      while (!isOver.aborted) {
        // Made before reading: what comes while we read wakes us again.
        const nap = new AbortController();
        this.#nap = nap;
        const after = lease.position;
        const { transitions, end } = await journal.read(after, { limit: batch });
        await this.#deliver(new Page(transitions, end), { lease, isOver });
        this.#retry.reset();
        if (end === after) await pause(pollMs, AbortSignal.any([isOver, nap.signal]));
      }
    } finally {
      await lease.close();
    }
  }

  async #deliver(page: Page, { lease, isOver }: { lease: Lease; isOver: AbortSignal }): Promise<void> {
    let advanceAt = performance.now() + ADVANCE_MS;
    while (!page.isDone && !isOver.aborted) {
      const { sink } = this.#options;
      const { confirmed, failure } = await sink.publish(sink.isWhole ? page.left : page.wave(), isOver);
      page.confirm(confirmed);
      if (confirmed.length > 0) this.#retry.reset();
      if (isOver.aborted) break;
      if (failure === undefined) this.#outage.succeeded();
      else this.#outage.failed(failure);
      // The others may be a long time coming.
      if (failure !== undefined || performance.now() >= advanceAt) {
        await lease.advance(page.confirmedTo);
        advanceAt = performance.now() + ADVANCE_MS;
      }
      if (failure !== undefined) await this.#retry.wait(isOver);
    }
    if (!lease.lost.aborted) await lease.advance(page.confirmedTo);
  }
}
