import type { Closable } from "../../mesh/lifecycle.ts";
import type { Log } from "../../mesh/log.ts";
import { pause } from "../../mesh/pause.ts";
import type { Store } from "../store.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** How often it is looked, in milliseconds. */
const EVERY_MS = 60_000;

/** Events that are forgotten in one transaction. */
const BATCH = 1000;

/** Others get their turn between batches, for so many milliseconds. */
const BREATH_MS = 20;

export interface PrunerOptions {
  readonly events: Pick<Store["events"], "prune">;
  readonly journal: Pick<Store["journal"], "prune">;
  /** Days after which an event is forgotten that has ended. Default: never. */
  readonly keepDays?: number | undefined;
  readonly log: Log;
  /** Default 60 000 milliseconds between looks. */
  readonly everyMs?: number;
  readonly now?: () => number;
}

/** Forgets what nobody needs any more. */
export interface Pruner extends Closable {
  /** Looks now. */
  run(): Promise<void>;
}

/** Begins to keep the journal to the last hour and what still has to be delivered, and events to their days. */
export function startPruner(options: PrunerOptions): Pruner {
  const { events, journal, keepDays, log, everyMs = EVERY_MS, now = Date.now } = options;
  const stop = new AbortController();
  const run = async (): Promise<void> => {
    await journal.prune(new Date(now() - HOUR_MS));
    if (keepDays === undefined) return;
    const before = new Date(now() - keepDays * DAY_MS);
    while (!stop.signal.aborted && (await events.prune(before, BATCH)) === BATCH) {
      await pause(BREATH_MS, stop.signal);
    }
  };
  const runs = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      await pause(everyMs, stop.signal);
      if (stop.signal.aborted) return;
      try {
        await run();
      } catch (error) {
        log.error("what is no longer needed could not be removed from the store; it is tried again", { error });
      }
    }
  };
  const running = runs();
  return {
    run,
    close() {
      stop.abort();
      return running;
    },
  };
}
