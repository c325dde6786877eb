import { type Kysely, type RawBuilder, sql } from "kysely";
import type { Migration } from "kysely/migration";

/** Column types whose names differ between databases. */
export interface ColumnTypes {
  /** Text that is compared byte by byte, whatever the language of the database. */
  readonly name: RawBuilder<unknown>;
}

/** Functions and their versions, events, and the journal of what happened to them. */
export function initial({ name }: ColumnTypes): Migration {
  return {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema
        .createTable("functions")
        .addColumn("id", "text", (column) => column.primaryKey())
        .addColumn("project", name, (column) => column.notNull())
        .addColumn("label", name, (column) => column.notNull())
        .addColumn("version", "integer", (column) => column.notNull())
        .addColumn("status", "text", (column) => column.notNull())
        .addColumn("url", "text")
        .addColumn("traffic", "text", (column) => column.notNull())
        .addColumn("created_at", "bigint", (column) => column.notNull())
        .addColumn("created_by", "text", (column) => column.notNull())
        .addColumn("updated_at", "bigint", (column) => column.notNull())
        .addUniqueConstraint("functions_label", ["project", "label"])
        .execute();
      await db.schema
        .createTable("function_versions")
        .addColumn("function_id", "text", (column) => column.notNull().references("functions.id").onDelete("cascade"))
        .addColumn("version", "integer", (column) => column.notNull())
        .addColumn("label", "text", (column) => column.notNull())
        .addColumn("description", "text", (column) => column.notNull())
        .addColumn("template", "text", (column) => column.notNull())
        .addColumn("runtime", "text", (column) => column.notNull())
        .addColumn("handler", "text", (column) => column.notNull())
        .addColumn("env", "text", (column) => column.notNull())
        .addColumn("secrets", "text", (column) => column.notNull())
        .addColumn("dependencies", "text", (column) => column.notNull())
        .addColumn("timeout_ms", "integer", (column) => column.notNull())
        .addColumn("created_at", "bigint", (column) => column.notNull())
        .addColumn("created_by", "text", (column) => column.notNull())
        .addPrimaryKeyConstraint("function_versions_key", ["function_id", "version"])
        .execute();
      await db.schema
        .createTable("events")
        .addColumn("project", name, (column) => column.notNull())
        .addColumn("id", name, (column) => column.notNull())
        .addColumn("type", "text", (column) => column.notNull())
        .addColumn("status", "text", (column) => column.notNull())
        .addColumn("happened_at", "bigint", (column) => column.notNull())
        .addColumn("source", name, (column) => column.notNull())
        .addColumn("payload", "text")
        .addColumn("invocation_id", "text")
        .addColumn("deadline", "bigint")
        .addColumn("response", "text")
        .addColumn("duration_ms", "double precision")
        .addColumn("error", "text")
        .addColumn("trace_id", "text")
        .addColumn("retry_count", "integer", (column) => column.notNull())
        .addPrimaryKeyConstraint("events_key", ["project", "id"])
        .execute();
      await db.schema.createIndex("events_newest").on("events").columns(["project", "happened_at", "id"]).execute();
      await db.schema
        .createIndex("events_by_source")
        .on("events")
        .columns(["project", "source", "happened_at", "id"])
        .execute();
      // Most events are neither: indexes of the few cost next to nothing.
      await sql`create index events_failed on events (project, happened_at, id) where status = 'FAILURE'`.execute(db);
      await sql`create index events_pending on events (deadline, id) where status = 'PENDING'`.execute(db);
      await sql`create index events_by_trace on events (project, trace_id) where trace_id is not null`.execute(db);
      await db.schema
        .createTable("journal")
        .addColumn("first", "bigint", (column) => column.primaryKey())
        .addColumn("count", "integer", (column) => column.notNull())
        .addColumn("project", name, (column) => column.notNull())
        .addColumn("written_at", "bigint", (column) => column.notNull())
        .addColumn("body", "text", (column) => column.notNull())
        .addColumn("dropped", "text")
        .execute();
      await db.schema
        .createTable("journal_marks")
        .addColumn("name", "text", (column) => column.primaryKey())
        .addColumn("position", "bigint", (column) => column.notNull())
        .execute();
      await sql`insert into journal_marks (name, position) values ('projected', 0)`.execute(db);
      await db.schema
        .createTable("sinks")
        .addColumn("name", "text", (column) => column.primaryKey())
        .addColumn("position", "bigint", (column) => column.notNull())
        .addColumn("holder", "text")
        .addColumn("held_until", "bigint")
        .execute();
    },
    async down(db: Kysely<unknown>): Promise<void> {
      for (const table of ["sinks", "journal_marks", "journal", "events", "function_versions", "functions"]) {
        await db.schema.dropTable(table).execute();
      }
    },
  };
}
