import type { Rule } from "../../mesh/rule.ts";
import { compilePredicate } from "./compile.ts";
import { contradictions, isAlwaysTrue } from "./contradiction.ts";
import { givenDeps } from "./given.ts";
import type { Predicate } from "./predicate.ts";
import type { ServiceRules } from "./select.ts";
import { isVariable } from "./variable.ts";

/** Something about the rules that is probably not meant. */
export interface RuleFinding {
  /** `services.arithmetic.functions.sum.rule.clauses[1]`. */
  readonly path: string;
  /** `error`: the rule cannot do what it says. `warning`: it does, but look twice. */
  readonly severity: "error" | "warning";
  readonly message: string;
}

/** What rules can ask where they are going to be evaluated. */
export interface RulesSetup {
  /** Names of the databases; `undefined` where there can be none. */
  readonly databases: readonly string[] | undefined;
  readonly allowHosts: readonly string[];
}

/** Reads a rule as a reviewer would, without evaluating it for a caller. */
export function checkRule(rule: Rule, path: string, setup: RulesSetup): RuleFinding[] {
  return checkPredicate(compilePredicate(rule, givenDeps({}, { ...setup, now: () => 0 })), path);
}

/** Reads the rules of a project's functions in that way. */
export function checkRules(services: ServiceRules, setup: RulesSetup): RuleFinding[] {
  const findings: RuleFinding[] = [];
  for (const [service, { functions }] of Object.entries(services)) {
    for (const [name, { rule }] of Object.entries(functions ?? {})) {
      if (rule === undefined || rule === null) continue;
      const path = `services.${service}.functions.${name}.rule`;
      findings.push(...checkDefault(rule, { path, service, name }));
      findings.push(...checkRule(rule, path, setup));
    }
  }
  return findings;
}

function checkDefault(
  rule: Rule,
  { path, service, name }: { path: string; service: string; name: string },
): RuleFinding[] {
  if (rule.rule !== "allow" || name !== "default") return [];
  const scope = service === "default" ? "of every service without rules" : `of "${service}" without a rule`;
  const message = `anybody may call every function ${scope}, without a token; name the functions that are meant to be open`;
  return [{ path, severity: "warning", message }];
}

function checkPredicate(predicate: Predicate, path: string): RuleFinding[] {
  if (predicate.clauses !== undefined) return checkClauses(predicate.rule.rule, predicate.clauses, path);
  const findings: RuleFinding[] = predicate.problems.map((problem) => ({
    path,
    severity: "error",
    message: `never passes: ${problem}`,
  }));
  if (predicate.problems.length > 0) return findings;
  const { rule } = predicate;
  if (rule.rule === "match" && settled(predicate) !== undefined) {
    const outcome = settled(predicate) === "passes" ? "passes for everybody with a token" : "never passes";
    findings.push({ path, severity: "warning", message: `${outcome}: both of its operands are literals` });
  } else if (rule.rule === "query" && Object.keys(rule.find).length === 0) {
    findings.push({ path, severity: "warning", message: "passes whenever the table has any row: find is empty" });
  }
  return findings;
}

function checkClauses(kind: "and" | "or", clauses: readonly Predicate[], path: string): RuleFinding[] {
  const findings: RuleFinding[] = [];
  if (clauses.length === 0) {
    const message = kind === "and" ? "an empty and passes for everybody with a token" : "an empty or never passes";
    findings.push({ path, severity: kind === "and" ? "warning" : "error", message });
  }
  findings.push(...checkReach(kind, clauses, path));
  const rules = clauses.map((clause) => clause.rule);
  if (kind === "and") {
    findings.push(...contradictions(rules).map((message): RuleFinding => ({ path, severity: "error", message })));
  } else if (isAlwaysTrue(rules)) {
    const message = "passes for everybody with a token: two of its clauses are opposites";
    findings.push({ path, severity: "warning", message });
  }
  return [...findings, ...clauses.flatMap((clause, index) => checkPredicate(clause, `${path}.clauses[${index}]`))];
}

function checkReach(kind: "and" | "or", clauses: readonly Predicate[], path: string): RuleFinding[] {
  const settling = clauses.findIndex((clause) => settled(clause) === (kind === "and" ? "refuses" : "passes"));
  const type = clauses[settling]?.rule.rule;
  if (type === undefined) return [];
  const findings: RuleFinding[] = clauses.slice(settling + 1).map((_clause, offset) => ({
    path: `${path}.clauses[${settling + 1 + offset}]`,
    severity: "warning",
    message: `is never reached: clause ${settling + 1} ("${type}") always ${kind === "and" ? "refuses" : "passes"}`,
  }));
  if (kind === "or") {
    const message = `passes for everybody with a token: clause ${settling + 1} ("${type}") always passes`;
    return [{ path, severity: "warning", message }, ...findings];
  }
  return findings;
}

/** How a rule ends for every caller with a token, where that is certain. */
function settled(predicate: Predicate): "passes" | "refuses" | undefined {
  const { rule, clauses } = predicate;
  if (clauses !== undefined) {
    const all = clauses.map(settled);
    const [settling, otherwise] =
      rule.rule === "and" ? (["refuses", "passes"] as const) : (["passes", "refuses"] as const);
    if (all.includes(settling)) return settling;
    return all.every((each) => each === otherwise) ? otherwise : undefined;
  }
  if (predicate.problems.length > 0) return "refuses";
  if (rule.rule === "allow" || rule.rule === "authenticated") return "passes";
  if (rule.rule === "deny") return "refuses";
  if (rule.rule !== "match" || [rule.f1, rule.f2].some(isNamed)) return undefined;
  const verdict = predicate.evaluate({ auth: {}, params: undefined }, { deadlineMs: Number.POSITIVE_INFINITY });
  return !(verdict instanceof Promise) && verdict.allowed ? "passes" : "refuses";
}

function isNamed(operand: unknown): boolean {
  return typeof operand === "string" && isVariable(operand);
}
