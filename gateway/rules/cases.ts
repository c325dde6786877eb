import * as v from "valibot";
import type { Claims } from "../../mesh/call.ts";
import { compileRule } from "./compile.ts";
import { explainRule } from "./explain.ts";
import { type GivenAnswers, givenDeps } from "./given.ts";
import { type ServiceRules, createRuleSelector } from "./select.ts";

const claims = v.custom<Claims>(
  (value) => typeof value === "object" && value !== null && !Array.isArray(value),
  "claims are an object such as { id: u1, role: admin }; leave them out for a caller without a token",
);

const ruleCaseSchema = v.strictObject({
  service: v.string(),
  function: v.string(),
  claims: v.optional(claims),
  params: v.optional(v.unknown()),
  given: v.optional(v.record(v.string(), v.boolean())),
  expect: v.picklist(["allow", "deny", "unauthenticated"]),
  because: v.optional(v.string()),
});

/** The cases of a file: a list of who calls what, and what should come of it. */
export const ruleCasesSchema = v.array(ruleCaseSchema);

/** One call and what should come of it. Without `claims` the caller has no token. `because` is for the reader. */
export type RuleCase = Readonly<v.InferOutput<typeof ruleCaseSchema>>;

/** What came of a case. */
export interface RuleCaseResult {
  readonly case: RuleCase;
  readonly passed: boolean;
  readonly actual: RuleCase["expect"];
  /** Why the rule decided so. Shows claims and params. */
  readonly because: string;
}

/** Runs cases against the rules of a project; whom rules would ask is answered by each case's `given`. */
export async function runRuleCases(
  cases: readonly RuleCase[],
  setup: {
    readonly services: ServiceRules;
    readonly databases: readonly string[] | undefined;
    readonly allowHosts: readonly string[];
    readonly now: () => number;
  },
): Promise<RuleCaseResult[]> {
  const results: RuleCaseResult[] = [];
  for (const each of cases) {
    const { actual, because } = await decide(each, setup);
    results.push({ case: each, passed: actual === each.expect, actual, because });
  }
  return results;
}

async function decide(
  { service, function: name, claims, params, given = {} }: RuleCase,
  setup: Parameters<typeof runRuleCases>[1],
): Promise<{ actual: RuleCase["expect"]; because: string }> {
  const deps = givenDeps(given satisfies GivenAnswers, setup);
  const rule = createRuleSelector(setup.services, (source) => compileRule(source, deps)).select(service, name);
  if (rule === undefined) return { actual: "deny", because: "there is no rule for this function" };
  if (rule.isOpen) return { actual: "allow", because: "allow always passes" };
  if (claims === undefined) return { actual: "unauthenticated", because: "the rule needs a token" };
  const { outcome, decidedBy } = await explainRule(rule.source, { auth: claims, params }, deps);
  return { actual: outcome === "passed" ? "allow" : "deny", because: decidedBy.because };
}
