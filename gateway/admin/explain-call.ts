import * as v from "valibot";
import type { Claims } from "../../mesh/call.ts";
import { type Rule, ruleSchema } from "../../mesh/rule.ts";
import type { GatewayConfig, ProjectConfig } from "../config.ts";
import { isPlain } from "../config/own-value.ts";
import { databasesOf } from "../project-databases.ts";
import { compileRule } from "../rules/compile.ts";
import { describeRule } from "../rules/describe.ts";
import { type Explanation, explainRule } from "../rules/explain.ts";
import { givenDeps } from "../rules/given.ts";
import { createRuleSelector } from "../rules/select.ts";

/** A call to explain. Without `claims` its caller has no token; nobody is asked but those whose answers are `given`. */
export const explainRequestSchema = v.object({
  service: v.string(),
  function: v.string(),
  claims: v.optional(v.custom<Claims>(isPlain, "must be an object")),
  params: v.optional(v.unknown()),
  given: v.optional(v.record(v.string(), v.boolean()), {}),
  /** A rule to try instead of the one in force. */
  rule: v.optional(ruleSchema),
});

/** Why a call would be let through or refused. Shows values of claims and params: those that were sent along. */
export interface ExplainedCall {
  readonly outcome: "allow" | "deny" | "unauthenticated";
  readonly because: string;
  /** Whose rule it is: the function's or that of a `default`. */
  readonly ruleOf?: { readonly service: string; readonly function: string };
  readonly words?: string;
  /** The innermost rule that settled it. */
  readonly decidedBy?: Pick<Explanation, "path" | "rule" | "because">;
  readonly explanation?: Explanation;
}

export async function explainCall(
  question: v.InferOutput<typeof explainRequestSchema>,
  about: { readonly project: ProjectConfig; readonly config: GatewayConfig; readonly now: () => number },
): Promise<ExplainedCall> {
  const { service, function: name, claims, params, given, rule: tried } = question;
  const { services } = about.project;
  const { databases, webhooks } = about.config;
  const setup = {
    databases: databasesOf(about.project.id, databases),
    allowHosts: webhooks.allowHosts,
    now: about.now,
  };
  const deps = givenDeps(given, setup);
  const compile = (rule: Rule) => compileRule(rule, deps);
  const rule = tried === undefined ? createRuleSelector(services, compile).select(service, name) : compile(tried);
  if (rule === undefined) return { outcome: "deny", because: "there is no rule for this function" };
  const { source } = rule;
  const facts = { ...(tried === undefined && ownerOf(source, services)), words: describeRule(source) };
  if (rule.isOpen) return { outcome: "allow", because: "allow always passes", ...facts };
  if (claims === undefined) return { outcome: "unauthenticated", because: "the rule needs a token", ...facts };
  const { decidedBy, ...explanation } = await explainRule(source, { auth: claims, params }, deps);
  const { path, rule: deciding, because } = decidedBy;
  return {
    outcome: explanation.outcome === "passed" ? "allow" : "deny",
    because,
    ...facts,
    decidedBy: { path, rule: deciding, because },
    explanation,
  };
}

function ownerOf(rule: Rule, services: ProjectConfig["services"]): Pick<ExplainedCall, "ruleOf"> {
  for (const [service, { functions }] of Object.entries(services)) {
    const name = Object.keys(functions).find((each) => functions[each]?.rule === rule);
    if (name !== undefined) return { ruleOf: { service, function: name } };
  }
  return {};
}
