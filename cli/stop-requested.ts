import { constants } from "node:os";

/** Signals this close together are one wish: a process group and a launcher may both deliver it. */
const ONE_WISH_MS = 500;

/** Resolves with the first signal that asks this process to stop. A later one ends it at once. */
export function stopRequested(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let firstAt: number | undefined;
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      process.on(signal, () => {
        firstAt ??= performance.now();
        resolve(signal);
        if (performance.now() - firstAt > ONE_WISH_MS) process.exit(128 + constants.signals[signal]);
      });
    }
  });
}
