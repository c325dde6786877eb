import type { Limits } from "../policy.ts";

/** Below this, a `timeout` must have been meant in seconds; from here on in milliseconds. */
const FIRST_MILLISECONDS = 300;

/**
 * A call's budget by the `timeout` of a 2019 body. The server of that time read whole seconds, while its JavaScript, Go
 * and Java clients sent milliseconds in the same field and its Python client seconds: the size tells which was meant.
 * What is no positive number means the default.
 */
export function bodyTimeoutMs(timeout: unknown, limits: Limits): number {
  if (typeof timeout !== "number" || !Number.isFinite(timeout) || timeout <= 0) return limits.defaultTimeoutMs;
  const ms = timeout < FIRST_MILLISECONDS ? timeout * 1000 : timeout;
  return Math.min(Math.max(1, Math.round(ms)), limits.maxTimeoutMs);
}
