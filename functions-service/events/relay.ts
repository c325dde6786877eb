import type { Closable } from "../../mesh/lifecycle.ts";
import type { Log } from "../../mesh/log.ts";
import type { Journal } from "../store.ts";
import { Lane } from "./relay/lane.ts";
import type { Sink } from "./sink.ts";

const LEASE_MS = 5000;
const POLL_MS = 1000;
const BATCH = 4096;

export interface RelayOptions {
  readonly journal: Pick<Journal, "read" | "sinks">;
  /** All there are. Whoever made them closes them. */
  readonly sinks: readonly Sink[];
  readonly log: Log;
  /** How long after the end of another process its sinks are taken over, in milliseconds. Default: 5000. */
  readonly leaseMs?: number;
  /** How often to look for what nobody told of, in milliseconds. Default: 1000. */
  readonly pollMs?: number;
  /** Changes read at a time, and at most in flight, per sink. Default: 4096. */
  readonly batch?: number;
}

/**
 * Tells the sinks what the journal holds. What is not confirmed is told again, for as long as it takes and however often the
 * process ends: every notice arrives, those of one event in their order, and what arrives twice has the same id. Of several
 * relays on one journal one works for a sink, and another takes over when it ends.
 */
export class Relay implements Closable {
  readonly #options: RelayOptions;
  readonly #lanes: readonly Lane[];
  readonly #closing = new AbortController();
  #running: Promise<unknown> | undefined;

  constructor(options: RelayOptions) {
    const { journal, sinks, log, leaseMs = LEASE_MS, pollMs = POLL_MS, batch = BATCH } = options;
    this.#options = options;
    const holder = crypto.randomUUID();
    this.#lanes = sinks.map((sink) => new Lane({ sink, journal, holder, leaseMs, pollMs, batch, log }));
  }

  /**
   * Begins to tell. What is appended after this has resolved is told to every sink, new ones as well.
   * @throws MeshError when the store cannot be written.
   */
  async start(): Promise<void> {
    const { journal, sinks } = this.#options;
    await journal.sinks.keep(sinks.map(({ name }) => name));
    if (!this.#closing.signal.aborted) {
      this.#running ??= Promise.all(this.#lanes.map((lane) => lane.run(this.#closing.signal)));
    }
  }

  /** There is something new to read. */
  wake(): void {
    for (const lane of this.#lanes) lane.wake();
  }

  /** Stops telling; what is not confirmed yet is told when a relay starts again. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#running;
  }
}
