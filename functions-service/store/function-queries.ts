import type { Kysely } from "kysely";
import type { Tables } from "./tables.ts";

/** Functions of a project as `f`, each with what its latest version says. */
export function latestOf(db: Kysely<Tables>, project: string) {
  return db
    .selectFrom("functions as f")
    .innerJoin("function_versions as v", (join) =>
      join.onRef("v.function_id", "=", "f.id").onRef("v.version", "=", "f.version"),
    )
    .where("f.project", "=", project)
    .select([
      "v.description",
      "v.template",
      "v.runtime",
      "v.handler",
      "v.env",
      "v.secrets",
      "v.dependencies",
      "v.timeout_ms",
      "v.scale",
      "v.resources",
      "v.network",
    ])
    .selectAll("f");
}

/** Versions of a function as `v`. */
export function versionsOf(db: Kysely<Tables>, { project, id }: { readonly project: string; readonly id: string }) {
  return db
    .selectFrom("function_versions as v")
    .innerJoin("functions as f", "f.id", "v.function_id")
    .where("f.project", "=", project)
    .where("f.id", "=", id)
    .selectAll("v");
}
