import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";
import type { ColumnTypes } from "./0001-initial.ts";

/** Jobs, and the images that came out of them. */
export function builds({ name }: ColumnTypes): Migration {
  return {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema
        .createTable("jobs")
        .addColumn("id", "text", (column) => column.primaryKey())
        .addColumn("project", name, (column) => column.notNull())
        .addColumn("kind", "text", (column) => column.notNull())
        .addColumn("function_id", "text", (column) => column.notNull().references("functions.id").onDelete("cascade"))
        .addColumn("label", "text", (column) => column.notNull())
        .addColumn("version", "integer", (column) => column.notNull())
        .addColumn("state", "text", (column) => column.notNull())
        .addColumn("progress", "text", (column) => column.notNull())
        .addColumn("outcome", "text", (column) => column.notNull())
        .addColumn("holder", "text")
        .addColumn("held_until", "bigint")
        .addColumn("created_at", "bigint", (column) => column.notNull())
        .addColumn("created_by", "text", (column) => column.notNull())
        .addColumn("started_at", "bigint")
        .addColumn("ended_at", "bigint")
        .execute();
      // The same is not done twice at once.
      await sql`create unique index jobs_open on jobs (function_id, version, kind)
        where state in ('queued', 'running')`.execute(db);
      await db.schema.createIndex("jobs_newest").on("jobs").columns(["project", "created_at", "id"]).execute();
      await db.schema
        .createTable("images")
        .addColumn("function_id", "text", (column) => column.notNull().references("functions.id").onDelete("cascade"))
        .addColumn("version", "integer", (column) => column.notNull())
        .addColumn("reference", "text", (column) => column.notNull())
        .addColumn("repository", "text", (column) => column.notNull())
        .addColumn("digest", "text", (column) => column.notNull())
        .addColumn("built_at", "bigint", (column) => column.notNull())
        .addPrimaryKeyConstraint("images_key", ["function_id", "version"])
        .execute();
    },
    async down(db: Kysely<unknown>): Promise<void> {
      await db.schema.dropTable("images").execute();
      await db.schema.dropTable("jobs").execute();
    },
  };
}
