import type { GatewayConfig } from "./config.ts";
import type { QueryPort } from "./rules/query.ts";

type Databases = GatewayConfig["databases"];

/** Names of the databases that rules of a project may ask. */
export function databasesOf(project: string, databases: Databases): string[] {
  return Object.keys(databases).filter((name) => mayAsk(project, name, databases));
}

/** The databases that rules of a project may ask: to these rules, others are not there. */
export function queriesOf(project: string, databases: Databases, queries: QueryPort): QueryPort {
  return {
    has: (name) => queries.has(name) && mayAsk(project, name, databases),
    exists: (query, budget) => queries.exists(query, budget),
  };
}

function mayAsk(project: string, name: string, databases: Databases): boolean {
  return databases[name]?.projects?.includes(project) ?? true;
}
