/**
 * Why a function is not deployed, or does not run:
 *
 * - `unreachable`: the cluster does not answer
 * - `unauthorized`, `forbidden`: it does not know us, or does not let us
 * - `invalid`: it refuses what we ask for
 * - `conflict`: somebody else manages the same thing
 * - `quota`: there is no room for it
 * - `image_unavailable`: the image cannot be had
 * - `secret_missing`: a secret that is referred to is not there
 * - `start_failed`: it ended, or was ended, before it took calls
 * - `crash_loop`: it keeps ending
 * - `out_of_memory`: it was ended because it used more than it may
 * - `not_ready`: it did not take calls in time
 * - `not_found`: it, or that version of it, is not deployed
 */
export const DEPLOY_ERROR_CODES = [
  "unreachable",
  "unauthorized",
  "forbidden",
  "invalid",
  "conflict",
  "quota",
  "image_unavailable",
  "secret_missing",
  "start_failed",
  "crash_loop",
  "out_of_memory",
  "not_ready",
  "not_found",
] as const;
export type DeployErrorCode = (typeof DEPLOY_ERROR_CODES)[number];

/** What is in the way of a deployed function. Its text is for the function's author: what happened, to what, and what to do. */
export class DeployError extends Error {
  override readonly name = "DeployError";
  readonly code: DeployErrorCode;

  constructor(code: DeployErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
