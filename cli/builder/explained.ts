import { Failure } from "../failure.ts";

/**
 * Does what a builder does, on this machine.
 * @param signal whether somebody has stopped it
 * @throws Failure in place of what a person can mend
 */
export async function explained<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (signal?.aborted === true) throw new Failure("stopped", { cause: error });
    // Commands that go well, or have nothing to do with builders, start without it.
    const { toJobError } = await import("../../builder/failure.ts");
    const message = toJobError(error)?.message;
    if (message !== undefined) throw new Failure(message, { cause: error });
    throw error;
  }
}
