import type { ClausesRule } from "../../mesh/rule.ts";
import type { RuleArgs, RuleBudget, Verdict } from "../rules.ts";
import { type Group, PASSED, type Predicate, refusal } from "./predicate.ts";

/**
 * Compiles `and` and `or`. Clauses are asked in order and no further than needed; as long as they answer at once, so
 * does the whole.
 *
 * The message for the refused caller: of an `and`, that of the clause that refused, else its own; of an `or`, its
 * own, else that of its last clause that has one, as no single clause is to blame.
 */
export function compileClauses(rule: ClausesRule, clauses: readonly Predicate[]): Group {
  const isAnd = rule.rule === "and";
  const own = refusal(rule);

  function evaluate(args: RuleArgs, budget: RuleBudget, from: number, refused: Verdict): Verdict | Promise<Verdict> {
    let last = refused;
    for (let index = from; index < clauses.length; index++) {
      const clause = clauses[index];
      if (clause === undefined) break;
      const verdict = clause.evaluate(args, budget);
      if (verdict instanceof Promise) {
        return verdict.then((late) => {
          if (late.allowed === !isAnd) return settle(late);
          return evaluate(args, budget, index + 1, chooseRefusal(last, late));
        });
      }
      if (verdict.allowed === !isAnd) return settle(verdict);
      last = chooseRefusal(last, verdict);
    }
    return isAnd ? PASSED : last;
  }

  function settle(verdict: Verdict): Verdict {
    return verdict.allowed || verdict.message !== undefined ? verdict : own;
  }

  function chooseRefusal(last: Verdict, verdict: Verdict): Verdict {
    return rule.message !== undefined || verdict.allowed || verdict.message === undefined ? last : verdict;
  }

  return {
    rule,
    readsParams: clauses.some((clause) => clause.readsParams),
    clauses,
    evaluate: (args, budget) => evaluate(args, budget, 0, own),
  };
}

/** Why a rule ended as it did when no single clause settled it. */
export function undecided({ rule, clauses }: ClausesRule): string {
  if (clauses.length === 0) return rule === "and" ? "an empty and passes" : "an empty or refuses";
  return rule === "and" ? "all clauses passed" : "no clause passed";
}
