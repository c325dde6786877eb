import type { Log } from "../../mesh/log.ts";

const SIGNALS = ["SIGTERM", "SIGINT"] as const;

// A process may host several services; it ends when the last of them has stopped.
const running = new Set<() => Promise<void>>();

/** Makes the process's end wait for `stop`, and returns how to stop before that. Both may happen. */
export function stopOnSignals(stop: () => Promise<void>, log: Log): () => Promise<void> {
  let stopping: Promise<void> | undefined;
  const stopOnce = (): Promise<void> => {
    running.delete(stopOnce);
    return (stopping ??= stop());
  };
  if (running.size === 0) for (const signal of SIGNALS) process.once(signal, () => void stopAll(signal, log));
  running.add(stopOnce);
  return stopOnce;
}

async function stopAll(signal: string, log: Log): Promise<void> {
  log.info("draining", { signal });
  const results = await Promise.allSettled([...running].map((stop) => stop()));
  const failures = results.filter((result) => result.status === "rejected");
  for (const { reason } of failures) log.error("a service did not stop cleanly", { error: reason });
  process.exit(failures.length === 0 ? 0 : 1);
}
