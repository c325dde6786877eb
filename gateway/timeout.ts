import { MeshError } from "../mesh/errors.ts";
import type { Limits } from "./policy.ts";

/** Header in which a caller says how long it waits: seconds, decimals allowed. */
export const TIMEOUT_HEADER = "X-Request-Timeout";

const SECONDS = /^\d{1,9}(\.\d{1,9})?$/;

/**
 * A call's budget by the `X-Request-Timeout` header, at most the configured maximum.
 * @throws MeshError `invalid_request` when it is not a positive number of seconds.
 */
export function timeoutFromHeader(value: string | null, limits: Limits): number {
  if (value === null) return limits.defaultTimeoutMs;
  const ms = SECONDS.test(value) ? Number(value) * 1000 : 0;
  if (ms < 1) {
    throw new MeshError(
      "invalid_request",
      `${TIMEOUT_HEADER} is ${JSON.stringify(value.slice(0, 40))}; give seconds, like "2.5"`,
    );
  }
  // Deadlines are whole milliseconds, so that workers in any language can read them.
  return Math.min(Math.round(ms), limits.maxTimeoutMs);
}
