import { MeshError } from "../mesh/errors.ts";

/** What the caller gets to see of a thrown value: only MeshErrors (PublicError among them) keep their text. */
export function toFailure(thrown: unknown): MeshError {
  if (!(thrown instanceof MeshError)) {
    return new MeshError("function_failed", "the function failed; its log has the details", { cause: thrown });
  }
  if (thrown.code !== "worker_unavailable" && thrown.code !== "broker_unavailable") return thrown;
  // True of the call that this function made. Of this function's own call it would say that nobody received it.
  const { status, message, code: reason, retryAfterSeconds } = thrown;
  return new MeshError("function_failed", message, {
    status,
    reason,
    cause: thrown,
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  });
}
