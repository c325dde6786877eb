import type { Findings } from "../findings.ts";
import { type SourceNode, entriesOf, entryOf, isPresent, keyPlace, withValue } from "../source-node.ts";
import { warnConnection } from "./connection.ts";
import { convertEngine } from "./engine.ts";
import { convertExternalServices } from "./external-services.ts";
import { convertFunctionRules } from "./function-rules.ts";
import { convertFunctionServices } from "./function-services.ts";
import { switchOf } from "./switch.ts";
import { warnUnused } from "./unused.ts";

/** Where functions were configured, by version: v0.8 to v0.12, later, before. */
const SECTIONS = ["functions", "services", "faas"];
/** What such a section held, over all versions. */
const KEYS = ["enabled", "broker", "conn", "nats", "services", "rules", "externalServices"];
/** Modules that are read elsewhere. */
const ELSEWHERE = ["pubsub"];

/** The services of a Space Cloud project: the one module that holds functions; others that mean nothing here are named in a warning. */
export function convertModules(modules: SourceNode, findings: Findings): SourceNode {
  const entries = entriesOf(modules);
  if (entries === undefined) {
    if (isPresent(modules)) findings.problem(modules, '"modules" must be a mapping of sections');
    else findings.warning(modules, "the project has no functions section, so no function may be called");
    return withValue(modules, new Map());
  }

  const name = SECTIONS.find((key) => isPresent(entries.get(key)));
  const module = name === undefined ? undefined : entries.get(name);
  for (const [key, value] of entries) {
    if (key !== name && !ELSEWHERE.includes(key))
      warnUnused(value, { key, known: name === undefined ? SECTIONS : [], findings });
  }
  if (module === undefined) {
    findings.warning(modules, "the project has no functions section, so no function may be called");
    return withValue(modules, new Map());
  }
  return convertFunctions(module, findings);
}

function convertFunctions(module: SourceNode, findings: Findings): SourceNode {
  for (const [key, value] of entriesOf(module) ?? []) {
    if (!KEYS.includes(key)) warnUnused(value, { key, known: KEYS, findings });
  }
  warnConnection(module, findings);
  const services = entryOf(module, "services");
  const rules = entryOf(module, "rules");
  const external = entryOf(module, "externalServices");
  // Before v0.11 a section without `enabled` was switched off; v0.12 has no such switch.
  const isOn = rules !== undefined && services === undefined ? switchOf(module) === true : switchOf(module) !== false;
  if (!isOn) {
    findings.warning(
      keyPlace(module),
      'the section is not switched on, so no function may be called; set "enabled: true"',
    );
    return withValue(module, new Map());
  }
  if (services !== undefined) return convertFunctionServices(services, findings);
  if (rules !== undefined) return convertFunctionRules(rules, findings);
  if (external !== undefined) return convertExternalServices(external, findings);
  return convertEngine(module, findings);
}
