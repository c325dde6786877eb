import { HOUSE_SERVICES } from "../../mesh/names.ts";
import type { Rule } from "../../mesh/rule.ts";
import type { CompiledRule } from "../rules.ts";

/** The part of a project's configuration that says who may call what. */
export type ServiceRules = Readonly<
  Record<string, { readonly functions?: Readonly<Record<string, { readonly rule?: Rule | undefined }>> | undefined }>
>;

/** Finds what the configuration says of a call, in constant time. */
export interface Selector<Selected> {
  /** `undefined`: it says nothing. */
  select(service: string, functionName: string): Selected | undefined;
}

/** Finds the rule for a call. Without one, the call is refused. */
export type RuleSelector = Selector<CompiledRule>;

/** Services by name, and what the configuration says of each one's functions. */
type Configured<Func> = Readonly<Record<string, { readonly functions?: Readonly<Record<string, Func>> | undefined }>>;

const DEFAULT = "default";

/** Compiles the rules of a project, to be found as {@link createSelector} says. */
export function createRuleSelector(services: ServiceRules, compile: (rule: Rule) => CompiledRule): RuleSelector {
  return createSelector(services, ({ rule }) => (rule === undefined || rule === null ? undefined : compile(rule)));
}

/**
 * Reads something off each function of a project. For a call the first of these counts: what its function says, what its
 * service's function `default` says; and, for a service that is not configured or has no functions, the same two of the
 * service `default`. A service that is configured never falls back to the service `default`, nor do those of the house.
 *
 * @param read gives `undefined` where a function says nothing.
 */
export function createSelector<Func, Selected>(
  services: Configured<Func>,
  read: (of: Func) => Selected | undefined,
): Selector<Selected> {
  const said = new Map<string, ReadonlyMap<string, Selected>>();
  for (const [name, { functions }] of Object.entries(services)) {
    if (functions === undefined || functions === null) continue;
    const own = new Map<string, Selected>();
    for (const [functionName, written] of Object.entries(functions)) {
      const selected = read(written);
      if (selected !== undefined) own.set(functionName, selected);
    }
    said.set(name, own);
  }
  const fallback = said.get(DEFAULT);
  return {
    select(service, functionName) {
      const own = said.get(service) ?? (Object.hasOwn(HOUSE_SERVICES, service) ? undefined : fallback);
      return own?.get(functionName) ?? own?.get(DEFAULT);
    },
  };
}
