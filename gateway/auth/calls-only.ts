import type { Claims } from "../../mesh/call.ts";

/** What a token says that is for calling alone, see docs/tokens.md. Rules see it as they see any claim. */
export const CALLS_ONLY = { calls_only: true } as const;

/** Whether it was signed for somebody who may call, and is not to take the calls of others. */
export function isForCallsOnly(claims: Claims): boolean {
  return claims["calls_only"] === CALLS_ONLY.calls_only;
}
