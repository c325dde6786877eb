import type { Rule } from "../../mesh/rule.ts";
import type { RuleArgs, RuleBudget } from "../rules.ts";
import { undecided } from "./clauses.ts";
import { compilePredicate } from "./compile.ts";
import type { RuleDeps } from "./deps.ts";
import type { Group, Predicate } from "./predicate.ts";

/** How a rule and the rules in it ended. Shows values of claims and params: for operators, never for callers. */
export interface Explanation {
  readonly rule: Rule;
  /** Where it stands: empty for the rule itself, `clauses[1]` for what is inside. */
  readonly path: string;
  readonly outcome: "passed" | "refused" | "not evaluated";
  /** `args.auth.role is "user", wanted "admin"`. */
  readonly because: string;
  readonly clauses?: readonly Explanation[];
}

/** An explanation of a whole rule. */
export interface RuleExplanation extends Explanation {
  /** The innermost rule that settled it; the rule itself when no single clause did. */
  readonly decidedBy: Explanation;
}

/** Evaluates a rule as a call would and tells why it ended as it did. Deadline by default: five seconds from now. */
export async function explainRule(
  rule: Rule,
  args: RuleArgs,
  deps: RuleDeps,
  budget: RuleBudget = { deadlineMs: deps.now() + 5000 },
): Promise<RuleExplanation> {
  const explanation = await explain(compilePredicate(rule, deps), { args, budget, path: "" });
  return { ...explanation, decidedBy: decisive(explanation) };
}

interface Setting {
  readonly args: RuleArgs;
  readonly budget: RuleBudget;
  readonly path: string;
}

async function explain(predicate: Predicate, setting: Setting): Promise<Explanation> {
  const { rule } = predicate;
  if (predicate.clauses !== undefined) return explainGroup(predicate, setting);
  const { passed, because } = await predicate.answer(setting.args, setting.budget);
  return { rule, path: setting.path, outcome: passed ? "passed" : "refused", because };
}

async function explainGroup(group: Group, setting: Setting): Promise<Explanation> {
  const settles = group.rule.rule === "and" ? "refused" : "passed";
  const clauses: Explanation[] = [];
  let settled: number | undefined;
  for (const [index, clause] of group.clauses.entries()) {
    const path = `${setting.path === "" ? "" : `${setting.path}.`}clauses[${index}]`;
    const explanation = settled === undefined ? await explain(clause, { ...setting, path }) : skipped(clause, path);
    if (explanation.outcome === settles) settled = index;
    clauses.push(explanation);
  }
  const { rule } = group;
  if (settled !== undefined) {
    return { rule, path: setting.path, outcome: settles, because: `clause ${settled + 1} ${settles}`, clauses };
  }
  const outcome = rule.rule === "and" ? "passed" : "refused";
  return { rule, path: setting.path, outcome, because: undecided(rule), clauses };
}

function skipped({ rule, clauses }: Predicate, path: string): Explanation {
  const because = "an earlier clause had settled it";
  const inner = clauses?.map((clause, index) => skipped(clause, `${path}.clauses[${index}]`));
  return { rule, path, outcome: "not evaluated", because, ...(inner !== undefined && { clauses: inner }) };
}

function decisive(explanation: Explanation): Explanation {
  const { rule, outcome, clauses = [] } = explanation;
  const settles = rule.rule === "and" ? "refused" : "passed";
  const deciding = outcome === settles ? clauses.find((clause) => clause.outcome === outcome) : undefined;
  return deciding === undefined ? explanation : decisive(deciding);
}
