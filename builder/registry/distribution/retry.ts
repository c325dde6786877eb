import { pause } from "../../../mesh/pause.ts";
import { RegistryError } from "../registry-error.ts";

export interface RetryPolicy {
  /** All of them, the first included. */
  readonly attempts: number;
  /** Before the second attempt; doubled before each further one, with a random part. */
  readonly pauseMs: number;
  /** More than this is not waited for, also when the registry asks for it. */
  readonly maxPauseMs: number;
}

export const RETRY: RetryPolicy = { attempts: 5, pauseMs: 200, maxPauseMs: 60_000 };

/** Tries again what failed by no fault of its own; `attempt` gets its number, from 0. */
export async function retrying<T>(
  attempt: (number: number) => Promise<T>,
  options: { readonly policy: RetryPolicy; readonly signal?: AbortSignal | undefined },
): Promise<T> {
  const { policy, signal } = options;
  for (let number = 0; ; number++) {
    try {
      return await attempt(number);
    } catch (error) {
      const waitMs = isPassing(error) ? pauseBefore(number + 1, error, policy) : undefined;
      if (waitMs === undefined) throw error;
      await pauseOrEnd(waitMs, signal);
    }
  }
}

/** Whether it may be gone the next time. */
export function isPassing(error: unknown): error is RegistryError {
  return error instanceof RegistryError && (error.code === "unavailable" || error.code === "rate_limited");
}

/** Milliseconds before an attempt; `undefined` when it is not to be made. */
export function pauseBefore(number: number, error: RegistryError, policy: RetryPolicy): number | undefined {
  if (number >= policy.attempts) return undefined;
  const { retryAfterSeconds } = error;
  if (retryAfterSeconds !== undefined) {
    return retryAfterSeconds * 1000 > policy.maxPauseMs ? undefined : retryAfterSeconds * 1000;
  }
  return Math.min(policy.maxPauseMs, policy.pauseMs * 2 ** (number - 1) * (0.5 + Math.random()));
}

/** @throws the signal's reason when it ends the pause. */
export async function pauseOrEnd(ms: number, signal: AbortSignal | undefined): Promise<void> {
  await pause(ms, signal ?? NEVER);
  signal?.throwIfAborted();
}

const NEVER = new AbortController().signal;
