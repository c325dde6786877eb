/** How long others are waited for. */
const PATIENCE_MS = 5000;

const SHORTEST_WAIT_MS = 2;
const LONGEST_WAIT_MS = 50;

/**
 * Does again what failed because others were in the way, for a while: by itself, each time from the beginning.
 * Waiting in here instead of in the database lets those others go on when they live in this very process.
 */
export async function patiently<T>(work: () => Promise<T>, isInTheWay: (error: unknown) => boolean): Promise<T> {
  const giveUpAt = performance.now() + PATIENCE_MS;
  for (let waitMs = SHORTEST_WAIT_MS; ; waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS)) {
    try {
      return await work();
    } catch (error) {
      if (!isInTheWay(error) || performance.now() > giveUpAt) throw error;
    }
    // Those who met once should not meet again.
    await new Promise((resolve) => setTimeout(resolve, waitMs * (0.5 + Math.random())));
  }
}
