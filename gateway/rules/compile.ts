import { MAX_RULE_DEPTH, RULE_TYPES, type Rule } from "../../mesh/rule.ts";
import type { CompiledRule } from "../rules.ts";
import { compileClauses } from "./clauses.ts";
import type { RuleDeps } from "./deps.ts";
import { compileFunc } from "./func.ts";
import { compileMatch } from "./match.ts";
import { quote } from "./operand.ts";
import { type Predicate, hopeless, looking } from "./predicate.ts";
import { compileQuery } from "./query-rule.ts";
import { compileWebhook } from "./webhook.ts";

/**
 * Compiles a rule to closures, once per configuration. Never throws: what cannot pass refuses, and `checkRules` tells.
 *
 * @example
 * const rule = compileRule({ rule: "match", type: "string", eval: "==", f1: "args.auth.role", f2: "admin" }, deps);
 * rule.evaluate({ auth: { role: "admin" }, params: null }, { deadlineMs: Date.now() + 5000 }); // { allowed: true }
 */
export function compileRule(rule: Rule, deps: RuleDeps): CompiledRule {
  const predicate = compilePredicate(rule, deps);
  return {
    source: rule,
    isOpen: rule.rule === "allow",
    needsParams: predicate.readsParams,
    evaluate: (args, budget) => predicate.evaluate(args, budget),
  };
}

/** The closures of a rule and of the rules in it. */
export function compilePredicate(rule: Rule, deps: RuleDeps, depth = 0): Predicate {
  const { log } = deps;
  if (depth > MAX_RULE_DEPTH) return hopeless(rule, log, [`rules may be nested ${MAX_RULE_DEPTH} deep, no deeper`]);
  switch (rule.rule) {
    case "allow":
      return looking(rule, { log, test: () => true, because: () => "allow always passes" });
    case "authenticated":
      return looking(rule, { log, test: () => true, because: () => "the token is valid" });
    case "deny":
      return looking(rule, { log, test: () => false, because: () => "deny always refuses" });
    case "match":
      return compileMatch(rule, deps);
    case "and":
    case "or":
      return compileClauses(
        rule,
        rule.clauses.map((clause) => compilePredicate(clause, deps, depth + 1)),
      );
    case "func":
      return compileFunc(rule, deps);
    case "webhook":
      return compileWebhook(rule, deps);
    case "query":
      return compileQuery(rule, deps);
    case "unknown":
      return hopeless(rule, log, [`rule type ${quote(rule.type)} is not known; use one of ${RULE_TYPES.join(", ")}`]);
    default:
      // Not reached from a parsed configuration; whoever built the rule by hand gets a refusal, not a hole.
      return hopeless(rule, log, [`rule type ${quote((rule as { rule: unknown }).rule)} is not known`]);
  }
}
