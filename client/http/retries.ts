import { MeshError } from "../../mesh/errors.ts";
import { pause } from "../../mesh/pause.ts";

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 10_000;

/** How a call is tried again. */
export interface Retrying {
  /** How often, at most. */
  readonly retries: number;
  /** How long all attempts together may take, in milliseconds. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * Tries until an attempt succeeds, or fails in a way that does not rule out that the call ran. In between it waits as long
 * as the mesh asks (`Retry-After`), or longer each time.
 */
export async function withRetries<Result>(
  { retries, timeoutMs, signal }: Retrying,
  attempt: (leftMs: number) => Promise<Result>,
): Promise<Result> {
  const deadline = performance.now() + timeoutMs;
  for (let failures = 0; ; failures++) {
    try {
      return await attempt(deadline - performance.now());
    } catch (error) {
      if (!(error instanceof MeshError) || !error.retrySafe || failures >= retries) throw error;
      const waitMs = pauseMs(error, failures);
      if (performance.now() + waitMs >= deadline) throw error;
      await pause(waitMs, signal ?? new AbortController().signal);
      signal?.throwIfAborted();
    }
  }
}

function pauseMs({ retryAfterSeconds }: MeshError, failures: number): number {
  const grown = Math.min(FIRST_PAUSE_MS * 2 ** failures, LONGEST_PAUSE_MS);
  // Half of it by chance, so that callers that failed together do not come back together.
  const spread = grown * (0.5 + Math.random() / 2);
  return retryAfterSeconds === undefined ? spread : retryAfterSeconds * 1000 + spread;
}
