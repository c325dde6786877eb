import type { Project } from "../api/admin-types.ts";

/** Where a rule stands in the configuration. */
export interface RuleEntry {
  readonly service: string;
  readonly function: string;
}

/** The entry whose rule counts for a function: its own, its service's `default`, or that of the service `default`. */
export function ruleEntryOf(project: Project | undefined, service: string, name: string): RuleEntry | undefined {
  const services = project?.services ?? {};
  const place = Object.hasOwn(services, service) ? service : "default";
  const functions = services[place]?.functions ?? {};
  const entry = [name, "default"].find((each) => functions[each]?.rule !== undefined);
  return entry === undefined ? undefined : { service: place, function: entry };
}
