import type { Log } from "../../mesh/log.ts";
import type { ClausesRule, Rule } from "../../mesh/rule.ts";
import type { RuleArgs, RuleBudget, Verdict } from "../rules.ts";
import { type AskBudget, withinBudget } from "./deadline.ts";

/** How one rule ended and why, in words for operators. */
export interface Answer {
  readonly passed: boolean;
  readonly because: string;
}

interface Evaluable {
  readonly rule: Rule;
  readonly readsParams: boolean;
  evaluate(args: RuleArgs, budget: RuleBudget): Verdict | Promise<Verdict>;
}

/** A rule that decides by itself. */
export interface Leaf extends Evaluable {
  readonly clauses?: undefined;
  /** Why it can never pass, where it cannot. */
  readonly problems: readonly string[];
  /** The same decision as `evaluate`, with its reason. */
  answer(args: RuleArgs, budget: RuleBudget): Answer | Promise<Answer>;
}

/** `and` and `or`. */
export interface Group extends Evaluable {
  readonly rule: ClausesRule;
  readonly clauses: readonly Predicate[];
}

/** A rule as a closure, with what explaining and checking it need. */
export type Predicate = Leaf | Group;

/** The one verdict of every rule that passes. */
export const PASSED: Verdict = Object.freeze({ allowed: true });

/** The verdict of a rule that refuses, made once per rule: an evaluation allocates nothing. */
export function refusal(rule: Rule): Verdict {
  return Object.freeze({ allowed: false, message: rule.message });
}

/** A rule that decides by looking. */
export function looking(
  rule: Rule,
  options: {
    readonly log: Log;
    readonly readsParams?: boolean;
    readonly problems?: readonly string[];
    test(args: RuleArgs): boolean;
    because(args: RuleArgs, passed: boolean): string;
  },
): Leaf {
  const refused = refusal(rule);
  return {
    rule,
    readsParams: options.readsParams ?? false,
    problems: options.problems ?? [],
    evaluate(args) {
      try {
        return options.test(args) ? PASSED : refused;
      } catch (error) {
        logFailure(options.log, rule, error);
        return refused;
      }
    },
    answer(args) {
      try {
        const passed = options.test(args);
        return { passed, because: options.because(args, passed) };
      } catch (error) {
        return { passed: false, because: `it failed: ${textOf(error)}` };
      }
    },
  };
}

/** A rule that decides by asking somebody, for a few seconds at most. */
export function asking(
  rule: Rule,
  options: {
    readonly log: Log;
    readonly now: () => number;
    readonly readsParams: boolean;
    ask(args: RuleArgs, budget: AskBudget): Promise<Answer>;
  },
): Leaf {
  const refused = refusal(rule);
  const ask = (args: RuleArgs, budget: RuleBudget): Promise<Answer> =>
    withinBudget(budget, { now: options.now, work: (limited) => options.ask(args, limited) });
  return {
    rule,
    readsParams: options.readsParams,
    problems: [],
    async evaluate(args, budget) {
      try {
        return (await ask(args, budget)).passed ? PASSED : refused;
      } catch (error) {
        logFailure(options.log, rule, error);
        return refused;
      }
    },
    async answer(args, budget) {
      try {
        return await ask(args, budget);
      } catch (error) {
        return { passed: false, because: `it could not be asked: ${textOf(error)}` };
      }
    },
  };
}

/** A rule that can never pass. */
export function hopeless(rule: Rule, log: Log, problems: readonly string[]): Leaf {
  return looking(rule, { log, problems, test: () => false, because: () => problems.join("; ") });
}

// The text only: the cause may quote what the caller sent.
function logFailure(log: Log, rule: Rule, error: unknown): void {
  log.warn("a rule could not be evaluated and refused the call", { rule: rule.rule, reason: textOf(error) });
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : "an unknown error";
}
