import { type Kysely, type RawBuilder, sql } from "kysely";
import type { Migration } from "kysely/migration";

/** Column types whose names differ between databases. */
export interface ColumnTypes {
  /** Text that is compared byte by byte, whatever the language of the database. */
  readonly name: RawBuilder<unknown>;
  /** Primary key that counts up and never gives a number twice. */
  readonly sequence: RawBuilder<unknown>;
}

/** Functions and their versions, events, and the outbox. */
export function initial({ name, sequence }: ColumnTypes): Migration {
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
        .createTable("outbox")
        .addColumn("sequence", sequence)
        .addColumn("id", "text", (column) => column.notNull())
        .addColumn("project", "text", (column) => column.notNull())
        .addColumn("event_id", "text", (column) => column.notNull())
        .addColumn("routing_key", "text", (column) => column.notNull())
        .addColumn("body", "text", (column) => column.notNull())
        .addColumn("created_at", "bigint", (column) => column.notNull())
        .execute();
      // Counts the rows without reading their bodies.
      await db.schema.createIndex("outbox_age").on("outbox").column("created_at").execute();
    },
    async down(db: Kysely<unknown>): Promise<void> {
      for (const table of ["outbox", "events", "function_versions", "functions"]) {
        await db.schema.dropTable(table).execute();
      }
    },
  };
}
