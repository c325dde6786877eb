import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** How functions are deployed. What was stored before is deployed as if nothing had been said of that. */
export const deployments: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    // One by one: SQLite adds a single column at a time.
    for (const [name, byDefault] of Object.entries(COLUMNS)) {
      await db.schema
        .alterTable("function_versions")
        .addColumn(name, "text", (column) => column.notNull().defaultTo(byDefault))
        .execute();
    }
  },
  async down(db: Kysely<unknown>): Promise<void> {
    for (const name of Object.keys(COLUMNS)) {
      await db.schema.alterTable("function_versions").dropColumn(name).execute();
    }
  },
};

/** Written out, as a migration stays what it was. */
const COLUMNS = {
  scale: '{"min":0,"max":10,"concurrency":20,"idleSeconds":60}',
  resources: '{"memory":"256Mi","cpu":"1"}',
  network: "none",
} as const;
