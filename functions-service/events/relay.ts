import type { Closable } from "../../mesh/lifecycle.ts";
import type { Log } from "../../mesh/log.ts";
import type { Notice, Outbox } from "../store.ts";
import { Lane, type LaneCounts } from "./relay/lane.ts";
import type { Sink } from "./sink.ts";

const POLL_MS = 1000;
const BATCH = 512;

export interface RelayOptions {
  readonly outbox: Outbox;
  /** A notice is forgotten when all of them have confirmed it. At least one. Whoever made them closes them. */
  readonly sinks: readonly Sink[];
  readonly log: Log;
  /** How often to look for what other processes have put into the outbox, in milliseconds. Default: 1000. */
  readonly pollMs?: number;
  /** Notices read at a time, and at most in flight, per sink. Default: 512. */
  readonly batch?: number;
}

export interface RelayMetrics {
  readonly backlog: { readonly count: number; readonly oldestMs: number };
  readonly sinks: Readonly<Record<string, LaneCounts>>;
}

/**
 * Tells the sinks what the outbox holds. What is not confirmed stays there and is told again, for as long as it takes and
 * however often the process ends: every notice arrives, those of one event in their order, and what arrives twice has the
 * same id. Several relays may read one outbox; then everything may arrive twice.
 */
export class Relay implements Closable {
  readonly #outbox: Outbox;
  readonly #lanes: readonly Lane[];
  readonly #closing = new AbortController();
  #running: Promise<unknown> | undefined;

  /** @throws TypeError without a sink. */
  constructor({ outbox, sinks, log, pollMs = POLL_MS, batch = BATCH }: RelayOptions) {
    if (sinks.length === 0) throw new TypeError("a relay without a sink would never empty its outbox; give it one");
    this.#outbox = outbox;
    const forget = (notices: readonly Notice[]): Promise<void> => this.#forget(notices);
    this.#lanes = sinks.map((sink) => new Lane({ sink, outbox, batch, pollMs, forget, log }));
  }

  start(): void {
    this.#running ??= Promise.all(this.#lanes.map((lane) => lane.run(this.#closing.signal)));
  }

  /** There is something new in the outbox. */
  wake(): void {
    for (const lane of this.#lanes) lane.wake();
  }

  async metrics(): Promise<RelayMetrics> {
    const sinks = Object.fromEntries(this.#lanes.map((lane) => [lane.name, lane.counts]));
    return { backlog: await this.#outbox.backlog(), sinks };
  }

  /** Stops telling; what is not confirmed yet is told when a relay starts again. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#running;
  }

  async #forget(notices: readonly Notice[]): Promise<void> {
    const sequences = notices
      .map(({ sequence }) => sequence)
      .filter((sequence) => this.#lanes.every((lane) => lane.hasDelivered(sequence)));
    if (sequences.length > 0) await this.#outbox.sent(sequences);
  }
}
