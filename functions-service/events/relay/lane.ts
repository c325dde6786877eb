import type { Log } from "../../../mesh/log.ts";
import { pause } from "../../../mesh/pause.ts";
import type { Notice, Outbox } from "../../store.ts";
import type { Sink } from "../sink.ts";
import { RetryPause } from "./retry-pause.ts";

/** What a lane has done since it began. */
export interface LaneCounts {
  /** Notices that the sink confirmed. */
  readonly published: number;
  /** How often a notice was not confirmed; it was then tried again. */
  readonly failed: number;
  /** Whether the last attempt failed. */
  readonly isFailing: boolean;
}

export interface LaneOptions {
  readonly sink: Sink;
  readonly outbox: Pick<Outbox, "next">;
  /** Notices read at a time: the most that are held in memory, and in flight. */
  readonly batch: number;
  readonly pollMs: number;
  /** Forgets those of these that every lane has delivered. */
  readonly forget: (notices: readonly Notice[]) => Promise<void>;
  readonly log: Log;
}

/** How often the same reason for waiting is logged. */
const REMIND_MS = 60_000;
const NOTHING_TOLD: { readonly reason: string; readonly at: number } = { reason: "", at: 0 };

/**
 * One sink's way through the outbox, at its own pace: a sink that is away does not keep others waiting. Of each event
 * one notice is in flight at a time, so that none overtakes another of the same event, whatever is refused or repeated.
 */
export class Lane {
  readonly #options: LaneOptions;
  readonly #retry = new RetryPause();
  readonly #log: Log;
  /** All up to here are delivered, and those of the page in work that are in the set. */
  #cursor = 0;
  readonly #delivered = new Set<number>();
  #nap = new AbortController();
  #published = 0;
  #failed = 0;
  #failingSince: number | undefined;
  #told = NOTHING_TOLD;

  constructor(options: LaneOptions) {
    this.#options = options;
    this.#log = options.log.with({ sink: options.sink.name });
  }

  get name(): string {
    return this.#options.sink.name;
  }

  get counts(): LaneCounts {
    return { published: this.#published, failed: this.#failed, isFailing: this.#failingSince !== undefined };
  }

  hasDelivered(sequence: number): boolean {
    return sequence <= this.#cursor || this.#delivered.has(sequence);
  }

  /** There is something new. */
  wake(): void {
    this.#nap.abort();
  }

  async run(signal: AbortSignal): Promise<void> {
    // Tells of a wrong setting at once, not when something happens.
    const { failure } = await this.#options.sink.publish([], signal);
    if (failure !== undefined && !signal.aborted) this.#attempted(0, failure);
    while (!signal.aborted) {
      try {
        await this.#takePage(signal);
      } catch (error) {
        this.#log.error("the outbox cannot be read or written; events wait in it", { error });
        await this.#retry.wait(signal);
      }
    }
  }

  async #takePage(signal: AbortSignal): Promise<void> {
    const { outbox, batch, pollMs, forget } = this.#options;
    // Made before reading: what comes while we read wakes us again.
    const nap = new AbortController();
    this.#nap = nap;
    const page = await outbox.next(this.#cursor, batch);
    await this.#deliver(page, signal);
    await forget(page);
    if (signal.aborted) return;
    this.#retry.reset();
    this.#cursor = page.at(-1)?.sequence ?? this.#cursor;
    this.#delivered.clear();
    if (page.length < batch) await pause(pollMs, AbortSignal.any([signal, nap.signal]));
  }

  async #deliver(page: readonly Notice[], signal: AbortSignal): Promise<void> {
    const isLeft = ({ sequence }: Notice): boolean => !this.hasDelivered(sequence);
    let left = page.filter(isLeft);
    while (left.length > 0 && !signal.aborted) {
      const wave = firstOfEachEvent(left);
      const { confirmed, failure } = await this.#options.sink.publish(wave, signal);
      for (const sequence of confirmed) this.#delivered.add(sequence);
      this.#published += confirmed.length;
      left = left.filter(isLeft);
      if (signal.aborted) return;
      this.#attempted(wave.length - confirmed.length, failure);
      if (confirmed.length > 0) this.#retry.reset();
      if (failure === undefined) continue;
      // The others may be a long time coming.
      await this.#options.forget(page.filter((notice) => !isLeft(notice)));
      await this.#retry.wait(signal);
    }
  }

  #attempted(failed: number, failure: Error | undefined): void {
    this.#failed += failed;
    if (failure === undefined) this.#succeeded();
    else this.#tell(failure.message);
  }

  #succeeded(): void {
    if (this.#failingSince === undefined) return;
    const afterSeconds = Math.round((performance.now() - this.#failingSince) / 1000);
    this.#failingSince = undefined;
    this.#told = NOTHING_TOLD;
    this.#log.info("events are delivered again", { afterSeconds });
  }

  #tell(reason: string): void {
    const now = performance.now();
    this.#failingSince ??= now;
    if (reason === this.#told.reason && now - this.#told.at < REMIND_MS) return;
    this.#told = { reason, at: now };
    this.#log.warn("events cannot be delivered; they wait in the outbox and are tried again", { reason });
  }
}

function firstOfEachEvent(notices: readonly Notice[]): Notice[] {
  const first = new Map<string, Notice>();
  for (const notice of notices) if (!first.has(notice.eventId)) first.set(notice.eventId, notice);
  return [...first.values()];
}
