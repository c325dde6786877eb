import type { Rule } from "../../mesh/rule.ts";
import type { RuledFunction, RuledServices } from "../api/admin-types.ts";
import { withFunctions } from "./services.ts";

/** What refused callers of a service that is switched off are told; also tells such a rule from one that people wrote. */
export const OFF_MESSAGE = "this service is switched off";

type Functions = Readonly<Record<string, RuledFunction>>;

/** Where a service stands: `none` has no rule that could be switched. */
export function switchOf(functions: Functions): "on" | "off" | "none" {
  const rules = Object.values(functions).flatMap(({ rule }) => (rule === undefined ? [] : [rule]));
  if (rules.length === 0) return "none";
  return rules.every((rule) => ruleWhenOn(rule) !== undefined) ? "off" : "on";
}

/** The rule as it is while the service is on; `undefined` for one that is not switched off. */
export function ruleWhenOn(rule: Rule): Rule | undefined {
  if (rule.rule !== "and") return undefined;
  const [first, second] = rule.clauses;
  const isOff = rule.clauses.length === 2 && first?.rule === "deny" && first.message === OFF_MESSAGE;
  return isOff ? second : undefined;
}

/**
 * Refuses every call of a service, or lets in again whom its rules let in. A rule that is switched off stays where it is,
 * behind one that nobody passes.
 */
export function switchService(services: RuledServices, service: string, isOn: boolean): RuledServices {
  const functions = Object.entries(services[service]?.functions ?? {}).map(([name, entry]) => {
    const { rule } = entry;
    return [name, rule === undefined ? entry : { ...entry, rule: switched(rule, isOn) }] as const;
  });
  return withFunctions(services, service, Object.fromEntries(functions));
}

function switched(rule: Rule, isOn: boolean): Rule {
  const whenOn = ruleWhenOn(rule);
  if (isOn) return whenOn ?? rule;
  return whenOn === undefined ? { rule: "and", clauses: [{ rule: "deny", message: OFF_MESSAGE }, rule] } : rule;
}
