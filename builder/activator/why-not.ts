import { MeshError } from "../../mesh/errors.ts";
import { DeployError, type DeployErrorCode } from "../deployer/deploy-error.ts";

/** When it is sensible to try again, in seconds, where that is not soon. */
const RETRY_SECONDS: Partial<Record<DeployErrorCode, number>> = {
  crash_loop: 10,
  out_of_memory: 10,
  image_unavailable: 30,
  secret_missing: 30,
  forbidden: 30,
  unauthorized: 30,
  invalid: 30,
};
const SOON_SECONDS = 2;

/** What a caller is told of a function that could not be reached. Nothing of it has run. */
export function whyNot(thrown: unknown, label: string): MeshError {
  if (!(thrown instanceof DeployError)) return MeshError.from(thrown);
  const { code, message } = thrown;
  return new MeshError("worker_unavailable", `function "${label}" does not run (${code}): ${message}`, {
    retryAfterSeconds: RETRY_SECONDS[code] ?? SOON_SECONDS,
    cause: thrown,
  });
}
