import type { PolicyRule } from "./policy.ts";

/** A rule that does not hold, and why. */
export interface Refusal {
  readonly rule: PolicyRule;
  readonly reason: string;
}

/** Whether an image may be deployed, and what is known of it. */
export interface Verdict {
  /** `registry.example.com/shop/adder@sha256:…` */
  readonly reference: string;
  readonly isAllowed: boolean;
  /** Every rule that does not hold, not only the first. */
  readonly refusals: readonly Refusal[];
  /** Fingerprints of the keys that signed it, of those that the policy names. */
  readonly signedBy: readonly string[];
  /** Types of what is attached to it and believed. */
  readonly predicateTypes: readonly string[];
  readonly builderIds: readonly string[];
  /** What is attached to it and not believed, with the reason. */
  readonly notes: readonly string[];
}
