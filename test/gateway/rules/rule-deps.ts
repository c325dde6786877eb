import * as v from "valibot";
import type { Log, LogFields } from "../../../mesh/log.ts";
import { type Rule, ruleSchema } from "../../../mesh/rule.ts";
import { compileRule } from "../../../gateway/rules/compile.ts";
import type { RuleDeps } from "../../../gateway/rules/deps.ts";
import type { ServiceRules } from "../../../gateway/rules/select.ts";
import type { RuleArgs, Verdict } from "../../../gateway/rules.ts";

/** Friday, 20 November 2026, noon UTC. */
export const NOW = Date.UTC(2026, 10, 20, 12);

/** A log that remembers its warnings. */
export function recordingLog(): Log & { readonly lines: { message: string; fields: LogFields }[] } {
  const lines: { message: string; fields: LogFields }[] = [];
  const remember = (message: string, fields: LogFields = {}): void => void lines.push({ message, fields });
  const log = {
    lines,
    debug: remember,
    info: remember,
    warn: remember,
    error: remember,
    with: (): Log => log,
  };
  return log;
}

/** Nobody to ask, a clock that stands still, and a log for nobody; `overrides` says what a test needs instead. */
export function ruleDeps(overrides: Partial<RuleDeps> = {}): RuleDeps {
  return {
    call: () => Promise.reject(new Error("there is no function to ask")),
    queries: undefined,
    fetch: () => Promise.reject(new Error("there is no network")),
    webhooks: { allowHosts: [] },
    now: () => NOW,
    log: recordingLog(),
    ...overrides,
  };
}

/** A rule as written in a configuration. */
export function parseRule(written: unknown): Rule {
  return v.parse(ruleSchema, written);
}

/** What a rule as written decides. */
export function evaluate(
  written: unknown,
  args: Partial<RuleArgs> = {},
  deps: RuleDeps = ruleDeps(),
): Verdict | Promise<Verdict> {
  const { auth = {}, params } = args;
  return compileRule(parseRule(written), deps).evaluate({ auth, params }, { deadlineMs: deps.now() + 10_000 });
}

/** Whether a rule as written lets a call through. */
export async function passes(written: unknown, args: Partial<RuleArgs> = {}, deps = ruleDeps()): Promise<boolean> {
  return (await evaluate(written, args, deps)).allowed;
}

/** A comparison, for short. */
export function match(type: string, f1: unknown, operator: string, f2: unknown): Record<string, unknown> {
  return { rule: "match", type, eval: operator, f1, f2 };
}

/** Services as written in a configuration. */
export function parseServices(
  written: Readonly<Record<string, { readonly functions?: Readonly<Record<string, { readonly rule: unknown }>> }>>,
): ServiceRules {
  const services: Record<string, ServiceRules[string]> = {};
  for (const [service, { functions = {} }] of Object.entries(written)) {
    const rules: Record<string, { rule: Rule }> = {};
    for (const [name, { rule }] of Object.entries(functions)) rules[name] = { rule: parseRule(rule) };
    services[service] = { functions: rules };
  }
  return services;
}
