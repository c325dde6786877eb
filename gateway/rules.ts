import type { Claims } from "../mesh/call.ts";
import type { Rule } from "../mesh/rule.ts";

/** What a rule looks at: `args.auth` and `args.params` of the 2019 contract. */
export interface RuleArgs {
  readonly auth: Claims;
  readonly params: unknown;
}

/** How a rule ended. `message` is the rule's own text for the refused caller. */
export type Verdict = { readonly allowed: true } | { readonly allowed: false; readonly message: string | undefined };

/** What an evaluation may use besides its arguments. */
export interface RuleBudget {
  /** When the call runs out of time: milliseconds since the epoch. */
  readonly deadlineMs: number;
  readonly signal?: AbortSignal;
}

/** A rule compiled to a closure when the configuration was loaded. */
export interface CompiledRule {
  readonly source: Rule;
  /** `allow` at the top: no token is asked for or looked at. */
  readonly isOpen: boolean;
  /** Whether it reads `args.params`, so that the body has to be parsed. */
  readonly needsParams: boolean;
  /** Fails closed: an error while evaluating is a refusal, and logged. Answers at once unless it must ask somebody. */
  evaluate(args: RuleArgs, budget: RuleBudget): Verdict | Promise<Verdict>;
}
