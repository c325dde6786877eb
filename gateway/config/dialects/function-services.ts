import type { Findings } from "../findings.ts";
import { type SourceNode, entryOf, isPresent, keyPlace, mapEntries, withValue } from "../source-node.ts";
import { convertRule } from "./rule.ts";

/** v0.11 and v0.12: `services.<service>.functions.<function>.rule`, with `default` as the fallback of both levels. */
export function convertFunctionServices(services: SourceNode, findings: Findings): SourceNode {
  if (!isPresent(services)) return withValue(services, new Map());
  return mapEntries(services, (service) => {
    const functions = entryOf(service, "functions");
    // Such a service counted as not configured: the service `default` answers for it.
    if (!isPresent(service) || (service.value instanceof Map && !isPresent(functions))) {
      findings.warning(keyPlace(service), 'the service has no functions, so the service "default" speaks for it');
      return undefined;
    }
    return mapEntries(service, (value, key) => {
      if (key === "functions") return mapEntries(value, (entry) => convertEntry(entry, findings));
      findings.warning(keyPlace(value), "has no effect here; remove it when you no longer need it");
      return undefined;
    });
  });
}

/**
 * A function, or an endpoint of later versions: only its rule is kept. One without a rule counted as not being there.
 */
export function convertEntry(entry: SourceNode, findings: Findings): SourceNode | undefined {
  const rule = entryOf(entry, "rule");
  if (isPresent(rule)) return withValue(entry, new Map([["rule", convertRule(rule, findings)]]));
  if (isPresent(entry) && !(entry.value instanceof Map)) return entry;
  findings.warning(keyPlace(entry), 'has no rule, so the function "default" speaks for it');
  return undefined;
}
