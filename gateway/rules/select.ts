import { FUNCTIONS_SERVICE } from "../../mesh/names.ts";
import type { Rule } from "../../mesh/rule.ts";
import type { CompiledRule } from "../rules.ts";

/** The part of a project's configuration that says who may call what. */
export type ServiceRules = Readonly<
  Record<string, { readonly functions?: Readonly<Record<string, { readonly rule?: Rule | undefined }>> | undefined }>
>;

/** Finds the rule for a call, in constant time. */
export interface RuleSelector {
  /** `undefined`: there is no rule, the call is refused. */
  select(service: string, functionName: string): CompiledRule | undefined;
}

const DEFAULT = "default";

/**
 * Compiles the rules of a project. For a call the first of these decides: the function's rule, the rule of its
 * service's function `default`; and, for a service that is not configured or has no functions, the same two of the
 * service `default`. A service that is configured never falls back to the service `default`, nor does the one that keeps
 * the functions: who may change them is to be said.
 */
export function createRuleSelector(services: ServiceRules, compile: (rule: Rule) => CompiledRule): RuleSelector {
  const compiled = new Map<string, ReadonlyMap<string, CompiledRule>>();
  for (const [name, { functions }] of Object.entries(services)) {
    if (functions === undefined || functions === null) continue;
    const rules = new Map<string, CompiledRule>();
    for (const [functionName, { rule }] of Object.entries(functions)) {
      if (rule !== undefined && rule !== null) rules.set(functionName, compile(rule));
    }
    compiled.set(name, rules);
  }
  const fallback = compiled.get(DEFAULT);
  return {
    select(service, functionName) {
      const rules = compiled.get(service) ?? (service === FUNCTIONS_SERVICE ? undefined : fallback);
      return rules?.get(functionName) ?? rules?.get(DEFAULT);
    },
  };
}
