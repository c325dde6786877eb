import type { Verdict } from "./verdict.ts";

/** An image is not what the builder's policy asks for: says which rules do not hold, and why. */
export class PolicyError extends Error {
  override readonly name = "PolicyError";
  readonly code = "policy_refused";

  constructor({ reference, refusals }: Verdict) {
    const reasons = refusals.map(({ rule, reason }) => `${rule}: ${reason}`);
    super(`the builder's policy refuses "${reference}": ${reasons.join("; ")}`);
  }
}
