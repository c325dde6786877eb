/** What a load run measured. */
export interface LoadResult {
  readonly callsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** One caller among many: makes one call and resolves when it is answered; rejects when the answer is wrong. */
export type Call = () => Promise<void>;

/**
 * Keeps `callers.length` calls in flight for `durationMs`, each caller calling anew as soon as it is answered.
 * @throws the first error of a caller: a benchmark of wrong answers means nothing.
 */
export async function load(callers: readonly Call[], durationMs: number): Promise<LoadResult> {
  const latenciesMs: number[] = [];
  const startedAt = performance.now();
  const endsAt = startedAt + durationMs;
  await Promise.all(
    callers.map(async (call) => {
      for (let before = performance.now(); before < endsAt;) {
        await call();
        const now = performance.now();
        latenciesMs.push(now - before);
        before = now;
      }
    }),
  );
  const seconds = (performance.now() - startedAt) / 1000;
  latenciesMs.sort((a, b) => a - b);
  return {
    callsPerSecond: latenciesMs.length / seconds,
    p50Ms: quantile(latenciesMs, 0.5),
    p99Ms: quantile(latenciesMs, 0.99),
  };
}

/** The value below which a share of the sorted values lies. */
export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
