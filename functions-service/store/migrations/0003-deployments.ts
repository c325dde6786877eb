import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/** How functions are deployed, and jobs that do it. What was stored before is deployed as if nothing had been said of that. */
export const deployments: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    // One by one: SQLite adds a single column at a time.
    for (const [name, byDefault] of Object.entries(COLUMNS)) {
      await db.schema
        .alterTable("function_versions")
        .addColumn(name, "text", (column) => column.notNull().defaultTo(byDefault))
        .execute();
    }
    await db.schema
      .alterTable("functions")
      .addColumn("handed_over", "integer", (column) => column.notNull().defaultTo(0))
      .execute();
    await db.schema.alterTable("jobs").addColumn("percent", "integer").execute();
    // One after the other, whichever processes do it.
    await sql`create unique index jobs_deploying on jobs (function_id)
      where kind = 'deploy' and state = 'running'`.execute(db);
  },
  async down(db: Kysely<unknown>): Promise<void> {
    await sql`delete from jobs where kind = 'deploy'`.execute(db);
    await db.schema.dropIndex("jobs_deploying").execute();
    await db.schema.alterTable("jobs").dropColumn("percent").execute();
    await db.schema.alterTable("functions").dropColumn("handed_over").execute();
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
