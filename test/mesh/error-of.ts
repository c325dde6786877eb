import { expect } from "vitest";
import { MeshError } from "../../mesh/errors.ts";

/** The MeshError a promise rejects with. */
export async function errorOf(promise: Promise<unknown>): Promise<MeshError> {
  const outcome = await promise.then(
    () => "it did not fail",
    (error: unknown) => error,
  );
  expect(outcome).toBeInstanceOf(MeshError);
  return outcome as MeshError;
}
