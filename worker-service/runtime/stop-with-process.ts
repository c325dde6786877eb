import { constants } from "node:os";
import type { Log } from "../../mesh/log.ts";

/** The same signal this close together is one wish: a process group and a launcher may both deliver it. */
const ONE_WISH_MS = 500;
const SIGNALS = ["SIGTERM", "SIGINT"] as const;

// A process may host several services; it ends when the last of them has stopped.
const running = new Set<() => Promise<void>>();
let isWatching = false;
let ending: Promise<void> | undefined;

/**
 * Makes the process's end wait for `stop`, and returns how to stop before that. Both may happen.
 *
 * The end is asked for by SIGTERM, by SIGINT and, when the worker is supervised, by the end of its standard input: a
 * pipe ends with whoever holds it, even with one that is killed.
 */
export function stopWithProcess(
  stop: () => Promise<void>,
  { log, isSupervised }: { log: Log; isSupervised: boolean },
): () => Promise<void> {
  let stopping: Promise<void> | undefined;
  const stopOnce = (): Promise<void> => (stopping ??= stop().finally(() => running.delete(stopOnce)));
  running.add(stopOnce);
  if (!isWatching) watch(log, isSupervised);
  isWatching = true;
  return stopOnce;
}

function watch(log: Log, isSupervised: boolean): void {
  const end = (reason: string): void => void (ending ??= endProcess(reason, log));
  for (const signal of SIGNALS) {
    let firstAt: number | undefined;
    process.on(signal, () => {
      // Ctrl-C reaches a whole process group and its parent passes a SIGTERM on: one does not cut the other's draining
      // short. The same signal again, later, is from somebody who will not wait.
      firstAt ??= performance.now();
      end(signal);
      if (performance.now() - firstAt > ONE_WISH_MS) process.exit(128 + constants.signals[signal]);
    });
  }
  if (!isSupervised) return;
  // On Deno it ends and does not close; one that breaks closes and does not end.
  for (const event of ["end", "close"]) process.stdin.once(event, () => end("stdin closed"));
  process.stdin.resume();
  // Listening alone does not keep a process that has stopped its services. (A file, unlike a pipe, has no unref.)
  process.stdin.unref?.();
}

async function endProcess(reason: string, log: Log): Promise<void> {
  log.info("draining", { reason });
  const results = await Promise.allSettled([...running].map((stop) => stop()));
  const failures = results.filter((result) => result.status === "rejected");
  for (const { reason: error } of failures) log.error("a service did not stop cleanly", { error });
  process.exit(failures.length === 0 ? 0 : 1);
}
