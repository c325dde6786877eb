import { hasNoKey } from "../advice.ts";
import type { FunctionConfig, ProjectConfig, ServiceConfig } from "../config.ts";
import { describeRule } from "../rules/describe.ts";

/** What administrators see of a project: its rules, in words too, and nothing of its keys but whether there are any. */
export function shownProject(project: ProjectConfig, advice: readonly string[]): object {
  const { id, name, registration, services, pubsub } = project;
  return {
    id,
    ...(name !== undefined && { name }),
    hasKey: !hasNoKey(project),
    registration,
    services: mapValues(services, (service: ServiceConfig) => ({
      functions: mapValues(service.functions, shownFunction),
    })),
    ...(pubsub !== undefined && { pubsub }),
    advice,
  };
}

function shownFunction(entry: FunctionConfig): object {
  return entry.rule === undefined ? entry : { ...entry, words: describeRule(entry.rule) };
}

function mapValues<From>(from: Readonly<Record<string, From>>, change: (value: From) => object): object {
  return Object.fromEntries(Object.entries(from).map(([key, value]) => [key, change(value)]));
}
