/** A part of some work began, or ended. */
export type StepProgress<Step extends string> =
  | { readonly step: Step; readonly state: "began" }
  | { readonly step: Step; readonly state: "ended"; readonly durationMs: number; readonly note?: string };

/** Runs a part of some work; what it gives may hold a note of what came out of it, in a few words. */
export type RunStep<Step extends string> = <T extends object>(
  step: Step,
  work: () => Promise<T & { note?: string | undefined }>,
) => Promise<T>;

/** Tells when parts of some work begin and end. One that throws does not end. */
export function stepsOf<Step extends string>(onProgress: (progress: StepProgress<Step>) => void): RunStep<Step> {
  return async <T extends object>(step: Step, work: () => Promise<T & { note?: string | undefined }>): Promise<T> => {
    const startedAt = performance.now();
    onProgress({ step, state: "began" });
    const { note, ...result } = await work();
    const durationMs = Math.round((performance.now() - startedAt) * 100) / 100;
    onProgress({ step, state: "ended", durationMs, ...(note !== undefined && { note }) });
    return result as unknown as T;
  };
}
