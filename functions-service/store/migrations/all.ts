import type { Migration } from "kysely/migration";
import { type ColumnTypes, initial } from "./0001-initial.ts";
import { builds } from "./0002-builds.ts";
import { deployments } from "./0003-deployments.ts";
import { eventFilters } from "./0004-event-filters.ts";

/** Every change of the tables, by name, in the order of the names. Those that were released never change. */
export function allMigrations(types: ColumnTypes): Readonly<Record<string, Migration>> {
  return {
    "0001-initial": initial(types),
    "0002-builds": builds(types),
    "0003-deployments": deployments,
    "0004-event-filters": eventFilters,
  };
}
