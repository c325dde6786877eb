import { Failure } from "../failure.ts";

/** Does what a builder does, on this machine. @throws Failure in place of what a person can mend. */
export async function explained<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    // Commands that go well, or have nothing to do with builders, start without it.
    const { toJobError } = await import("../../builder/failure.ts");
    const message = toJobError(error)?.message;
    if (message !== undefined) throw new Failure(message, { cause: error });
    throw error;
  }
}
