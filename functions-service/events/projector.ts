import type { Closable } from "../../mesh/lifecycle.ts";
import type { Log } from "../../mesh/log.ts";
import { pause } from "../../mesh/pause.ts";
import type { Journal } from "../store.ts";

/** The least time between runs, in milliseconds: under load many changes are cheaper together. */
const GAP_MS = 50;

/** How often it is looked for what other processes have appended, in milliseconds. */
const POLL_MS = 1000;

export interface ProjectorOptions {
  readonly journal: Pick<Journal, "project" | "bounds">;
  readonly log: Log;
  /** Default: 1000 milliseconds between looks when nobody wakes it. */
  readonly pollMs?: number;
}

/** Keeps the events up to date with the journal. */
export interface Projector extends Closable {
  /** Something was appended. */
  wake(): void;
  /** Calls `listener` after each run when there is more to read in the journal than before; returns how to stop that. */
  onProgress(listener: () => void): () => void;
}

/** Begins to bring the events up to date: at once when it is woken, and no more often than every 50 milliseconds. */
export function startProjector({ journal, log, pollMs = POLL_MS }: ProjectorOptions): Projector {
  const stop = new AbortController();
  const listeners = new Set<() => void>();
  let nap = new AbortController();
  let seen = -1;
  let reason = "";

  const run = async (): Promise<void> => {
    try {
      await journal.project();
      // Who reads events brings them up to date, too: what this run itself has done does not tell.
      const { end } = await journal.bounds();
      if (reason !== "") log.info("events are brought up to date again");
      reason = "";
      if (end === seen) return;
      seen = end;
      for (const listener of listeners) listener();
    } catch (error) {
      const text = String(error);
      if (text !== reason)
        log.error("events cannot be brought up to date with the journal; it is tried again", { error });
      reason = text;
    }
  };
  const runs = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      // Made before the run: what is appended meanwhile is the next one's.
      nap = new AbortController();
      await run();
      await pause(GAP_MS, stop.signal);
      await pause(Math.max(0, pollMs - GAP_MS), AbortSignal.any([stop.signal, nap.signal]));
    }
  };
  const running = runs();
  return {
    wake: () => nap.abort(),
    onProgress(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close() {
      stop.abort();
      return running;
    },
  };
}
