import type { Rule } from "../../mesh/rule.ts";
import type { RuledFunction, RuledServices } from "../api/admin-types.ts";
import { isSame } from "./same.ts";

/** A place for a rule: a function of a service; `default` stands for all others. */
export interface Entry {
  readonly service: string;
  readonly function: string;
}

/** What tells entries apart. Names hold no dots. */
export function entryKey({ service, function: name }: Entry): string {
  return `${service}.${name}`;
}

/** What the configuration says of an entry. */
export function entryOf(services: RuledServices, { service, function: name }: Entry): RuledFunction | undefined {
  const functions = Object.hasOwn(services, service) ? services[service]?.functions : undefined;
  return functions !== undefined && Object.hasOwn(functions, name) ? functions[name] : undefined;
}

/** The rule that decides about an entry without one of its own, and whose it is. */
export function inherited(services: RuledServices, { service, function: name }: Entry): Entry | undefined {
  const candidates = Object.hasOwn(services, service)
    ? [{ service, function: "default" }]
    : ["functions", "builder", "deployer"].includes(service)
      ? []
      : [
          { service: "default", function: name },
          { service: "default", function: "default" },
        ];
  return candidates.find((each) => each.function !== name || each.service !== service)
    ? candidates.find((each) => entryOf(services, each)?.rule !== undefined)
    : undefined;
}

/** The services with another rule at an entry; its other settings stay. */
export function withRule(services: RuledServices, entry: Entry, rule: Rule): RuledServices {
  const { words: _, ...rest } = entryOf(services, entry) ?? {};
  return withFunctions(services, entry.service, {
    ...functionsOf(services, entry.service),
    [entry.function]: { ...rest, rule },
  });
}

/** The services without an entry; a service without any stays. */
export function withoutEntry(services: RuledServices, { service, function: name }: Entry): RuledServices {
  const { [name]: _, ...rest } = functionsOf(services, service);
  return withFunctions(services, service, rest);
}

/** The services with one service's functions replaced. */
export function withFunctions(
  services: RuledServices,
  service: string,
  functions: Readonly<Record<string, RuledFunction>>,
): RuledServices {
  return { ...services, [service]: { ...services[service], functions } };
}

/** The services without a service. */
export function withoutService(services: RuledServices, service: string): RuledServices {
  const { [service]: _, ...rest } = services;
  return rest;
}

/** The entries that are different, by key. Words follow from rules. */
export function changedEntries(before: RuledServices, after: RuledServices): string[] {
  const [old, now] = [flat(before), flat(after)];
  const keys = new Set([...old.keys(), ...now.keys()]);
  return [...keys].filter((key) => !isSame(old.get(key), now.get(key)));
}

/** How many things somebody changed: a service that comes or goes with its entries is none of its own. */
export function countChanges(changed: readonly string[], texts: readonly string[] = []): number {
  const own = changed.filter(
    (key) => !key.endsWith(".") || !changed.some((each) => each !== key && each.startsWith(key)),
  );
  return new Set([...own, ...texts]).size;
}

/** Their services with what was changed here since both read the same. Where both changed an entry, ours counts. */
export function mergeServices(base: RuledServices, mine: RuledServices, theirs: RuledServices): RuledServices {
  let merged = theirs;
  for (const key of changedEntries(base, mine)) {
    const [service = "", name = ""] = key.split(".");
    const entry = { service, function: name };
    const own = entryOf(mine, entry);
    if (name === "")
      merged = Object.hasOwn(mine, service)
        ? { ...merged, [service]: mine[service] ?? { functions: {} } }
        : withoutService(merged, service);
    else if (own !== undefined)
      merged = withFunctions(merged, service, { ...functionsOf(merged, service), [name]: own });
    else if (Object.hasOwn(merged, service)) merged = withoutEntry(merged, entry);
  }
  return merged;
}

function functionsOf(services: RuledServices, service: string): Readonly<Record<string, RuledFunction>> {
  return Object.hasOwn(services, service) ? (services[service]?.functions ?? {}) : {};
}

/** Every entry, and every service as one of its own. */
function flat(services: RuledServices): Map<string, unknown> {
  return new Map(
    Object.entries(services).flatMap(([service, { functions }]): [string, unknown][] => [
      [`${service}.`, true],
      ...Object.entries(functions).map(([name, { words: _, ...entry }]): [string, unknown] => [
        `${service}.${name}`,
        entry,
      ]),
    ]),
  );
}
