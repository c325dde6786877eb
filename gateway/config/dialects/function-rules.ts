import type { Findings } from "../findings.ts";
import { type SourceNode, entriesOf, isPresent, keyPlace, mapEntries, withValue } from "../source-node.ts";
import { convertRule } from "./rule.ts";

/**
 * v0.9 and v0.10: `rules.<service>.<function>` is the rule itself, and only exact names counted. `default` was a name
 * like any other; kept, it would open what used to be closed, so it is left out.
 */
export function convertFunctionRules(rules: SourceNode, findings: Findings): SourceNode {
  if (!isPresent(rules)) return withValue(rules, new Map());
  return mapEntries(rules, (service, name) => {
    if (name === "default") return leaveOut(service, findings);
    if (!isPresent(service)) return withValue(service, new Map([["functions", withValue(service, new Map())]]));
    if (entriesOf(service) === undefined) return service;
    const functions = mapEntries(service, (rule, functionName) => {
      if (functionName === "default") return leaveOut(rule, findings);
      return isPresent(rule) ? withValue(rule, new Map([["rule", convertRule(rule, findings)]])) : undefined;
    });
    return withValue(service, new Map([["functions", functions]]));
  });
}

function leaveOut(node: SourceNode, findings: Findings): undefined {
  const message =
    '"default" was an ordinary name before v0.11 and means all others now; left out: give it another name';
  findings.warning(keyPlace(node), message);
  return undefined;
}
