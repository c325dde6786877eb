import type { StoredEvent } from "../../mesh/event.ts";
import type { Closable } from "../../mesh/lifecycle.ts";
import type { Log } from "../../mesh/log.ts";
import { pause } from "../../mesh/pause.ts";
import type { EventEnded, Store } from "../store.ts";

/** How long after its deadline a result may still come, in milliseconds: clocks differ, and a store was away. */
const GRACE_MS = 10_000;

/** How often it is looked, in milliseconds. */
const EVERY_MS = 2000;

/** Invocations that are looked at in one go. */
const BATCH = 500;

export interface ReconcilerOptions {
  readonly events: Pick<Store["events"], "overdue">;
  readonly journal: Pick<Store["journal"], "append">;
  readonly log: Log;
  /** Default 10 000 milliseconds after its deadline an invocation is given up. */
  readonly graceMs?: number;
  /** Default 2000 milliseconds between looks. */
  readonly everyMs?: number;
  readonly now?: () => number;
}

/** Ends invocations whose gateway never said how they ended, because it was killed for instance. */
export interface Reconciler extends Closable {
  /** Looks now; resolves with how many it ended. */
  run(): Promise<number>;
}

/**
 * Sees to it that no invocation is pending for ever: one whose deadline and grace are over has failed, with an outcome that
 * nobody knows. The first look comes after the grace: gateways that waited for this process to come back are heard first.
 */
export function startReconciler(options: ReconcilerOptions): Reconciler {
  const { events, journal, log, graceMs = GRACE_MS, everyMs = EVERY_MS, now = Date.now } = options;
  const stop = new AbortController();
  const run = async (): Promise<number> => {
    const at = new Date(now() - graceMs);
    let ended = 0;
    for (;;) {
      const overdue = await events.overdue(at, BATCH);
      for (const [project, theirs] of Map.groupBy(overdue, (event) => event.project)) {
        await journal.append(
          project,
          theirs.map((event) => unknownOutcome(event, now())),
        );
      }
      ended += overdue.length;
      if (overdue.length < BATCH) return ended;
    }
  };
  const runs = async (): Promise<void> => {
    await pause(graceMs, stop.signal);
    while (!stop.signal.aborted) {
      try {
        const ended = await run();
        if (ended > 0) log.warn("invocations ended without a record of how", { invocations: ended });
      } catch (error) {
        log.error("overdue invocations could not be ended; it is tried again", { error });
      }
      await pause(everyMs, stop.signal);
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

const UNKNOWN = {
  status: "FAILURE",
  error: {
    code: "deadline_exceeded",
    message: "its time ran out and nobody said how it ended; the outcome is unknown",
  },
} as const;

function unknownOutcome({ id, type, source, timestamp, traceId }: StoredEvent, endedAt: number): EventEnded {
  const facts = { id, type, source, startedAt: Date.parse(timestamp), traceId, isInvocation: true };
  return { change: "ended", ...facts, endedAt, ...UNKNOWN };
}
