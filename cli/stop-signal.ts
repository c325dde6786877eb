import { stopRequested } from "./stop-requested.ts";

/** Aborts when somebody asks this process to stop, or when whoever read its output has gone. */
export function stopSignal(): AbortSignal {
  const stopping = new AbortController();
  void stopRequested().then((signal) => stopping.abort(signal));
  process.stdout.once("error", () => stopping.abort("nobody reads any more"));
  return stopping.signal;
}
