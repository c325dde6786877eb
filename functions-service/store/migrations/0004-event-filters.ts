import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/** The type that most events have. */
export const MOST_EVENTS = "FUNCTION_INVOCATION";

/** Indexes of the few that lists are asked for: without them all events are gone through in the order of time. */
export const eventFilters: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`create index events_pending_newest on events (project, happened_at, id)
      where status = 'PENDING'`.execute(db);
    await sql`create index events_by_type on events (project, type, happened_at, id)
      where type <> ${sql.lit(MOST_EVENTS)}`.execute(db);
  },
  async down(db: Kysely<unknown>): Promise<void> {
    await db.schema.dropIndex("events_by_type").execute();
    await db.schema.dropIndex("events_pending_newest").execute();
  },
};
