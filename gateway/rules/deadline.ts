import type { RuleBudget } from "../rules.ts";

/** How long a rule may wait for whoever it asks, in milliseconds; the call's own deadline may be nearer. */
export const MAX_WAIT_MS = 5000;

/** A budget whose signal is always there and fires at its end. */
export interface AskBudget extends RuleBudget {
  readonly signal: AbortSignal;
}

/**
 * Runs `work` for {@link MAX_WAIT_MS} at most, and no longer than the call itself has. Rejects when the time is over,
 * whether `work` listens to its signal or not.
 */
export async function withinBudget<T>(
  budget: RuleBudget,
  options: { now: () => number; work: (budget: AskBudget) => Promise<T> },
): Promise<T> {
  budget.signal?.throwIfAborted();
  const start = options.now();
  const waitMs = Math.min(MAX_WAIT_MS, budget.deadlineMs - start);
  if (!(waitMs > 0)) throw new Error("the call's time is over");
  const stop = new AbortController();
  const cancel = (): void => stop.abort(budget.signal?.reason);
  const timer = setTimeout(() => stop.abort(new Error(`there was no answer within ${Math.round(waitMs)} ms`)), waitMs);
  budget.signal?.addEventListener("abort", cancel, { once: true });
  try {
    const stopped = new Promise<never>((_resolve, reject) => {
      stop.signal.addEventListener("abort", () => reject(asError(stop.signal.reason)), { once: true });
    });
    return await Promise.race([options.work({ deadlineMs: start + waitMs, signal: stop.signal }), stopped]);
  } finally {
    clearTimeout(timer);
    budget.signal?.removeEventListener("abort", cancel);
  }
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error("the call was given up", { cause: reason });
}
