import type { QueryRule } from "../../mesh/rule.ts";
import type { RuleDeps } from "./deps.ts";
import { compileFind, isCollectionName } from "./find.ts";
import { quote } from "./operand.ts";
import { type Leaf, asking, hopeless } from "./predicate.ts";

/** Compiles a `query` rule: it passes when the table holds a row that fits `find`. */
export function compileQuery(rule: QueryRule, deps: RuleDeps): Leaf {
  const { queries } = deps;
  const find = compileFind(rule.find, deps.now);
  const problems = [...find.problems];
  if (!isCollectionName(rule.col)) problems.push(`col ${quote(rule.col)} is not a table name`);
  if (queries === undefined) {
    return hopeless(rule, deps.log, [...problems, "this gateway asks no databases; one that runs on Bun does"]);
  }
  if (!queries.has(rule.db)) {
    return hopeless(rule, deps.log, [...problems, `database ${quote(rule.db)} is not configured; add it to databases`]);
  }
  if (problems.length > 0) return hopeless(rule, deps.log, problems);
  return asking(rule, {
    log: deps.log,
    now: deps.now,
    readsParams: find.readsParams,
    async ask(args, budget) {
      // What a caller sends is no failure of ours: it refuses without a line in the log.
      const unbound = find.unbound(args);
      if (unbound !== undefined) return { passed: false, because: unbound };
      const query = { db: rule.db, collection: rule.col, find: find.bind(args) };
      const passed = await queries.exists(query, budget);
      return {
        passed,
        because: `${quote(rule.db)} holds ${passed ? "a" : "no"} row of ${quote(rule.col)} that fits find`,
      };
    },
  });
}
