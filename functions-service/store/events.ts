import { sql } from "kysely";
import * as v from "valibot";
import type { EventOutcome, StoredEvent } from "../../mesh/event.ts";
import type { EventFilter, EventStore, NewNotice, Page, PageRequest } from "../store.ts";
import { pageOf, startOf } from "./cursor.ts";
import { matching } from "./event-filter.ts";
import { insertEvents, settleEvents } from "./event-batches.ts";
import { toEvent, toEventRow, toOutcomeRow } from "./event-rows.ts";
import { appendNotices } from "./outbox.ts";
import type { SqlRunner } from "./sql-runner.ts";
import type { EventsTable } from "./tables.ts";

const eventCursor = v.strictTuple([v.literal("events"), v.pipe(v.number(), v.safeInteger()), v.string()]);

/** Events in a SQL database. A batch is one statement whatever its size, and one transaction with its notices. */
export class SqlEvents implements EventStore {
  readonly #sql: SqlRunner;
  readonly #now: () => number;

  constructor(runner: SqlRunner, now: () => number) {
    this.#sql = runner;
    this.#now = now;
  }

  async insert(events: readonly StoredEvent[], notices: readonly NewNotice[]): Promise<void> {
    const rows = events.map(toEventRow);
    if (rows.length === 0 && notices.length === 0) return;
    await this.#sql.write(async (tx) => {
      const { features } = this.#sql;
      const written = keys(await insertEvents(tx, rows, features));
      const sent = keys(rows);
      // What was there before has had its notice then.
      const fresh = notices.filter((notice) => written.has(aboutWhat(notice)) || !sent.has(aboutWhat(notice)));
      await appendNotices(tx, fresh, { features, now: this.#now() });
    });
  }

  async settle(outcomes: readonly (EventOutcome & { readonly notice: NewNotice })[]): Promise<readonly string[]> {
    if (outcomes.length === 0) return [];
    // The first word about an event is the one that counts, in a batch as well.
    const first = new Map(outcomes.toReversed().map((outcome) => [aboutWhat(outcome.notice), outcome]));
    const rows = Array.from(first.values(), (outcome) => toOutcomeRow(outcome.notice.project, outcome));
    return this.#sql.write(async (tx) => {
      const { features } = this.#sql;
      const ended = await settleEvents(tx, rows, features);
      const endedKeys = keys(ended);
      const notices = outcomes
        .filter(
          (outcome) => endedKeys.has(aboutWhat(outcome.notice)) && first.get(aboutWhat(outcome.notice)) === outcome,
        )
        .map(({ notice }) => notice);
      await appendNotices(tx, notices, { features, now: this.#now() });
      return ended.map(({ id }) => id);
    });
  }

  get(project: string, id: string): Promise<StoredEvent | undefined> {
    return this.#sql.read(async (db) => {
      const query = db.selectFrom("events").where("project", "=", project).where("id", "=", id);
      const row = await query.selectAll().executeTakeFirst();
      return row && toEvent(row);
    });
  }

  async list(project: string, filter: EventFilter, page: PageRequest): Promise<Page<StoredEvent>> {
    const start = startOf(page, eventCursor);
    const matches = matching(filter);
    return this.#sql.read(async (db) => {
      let query = db.selectFrom("events").where("project", "=", project).where(matches);
      if (start !== undefined) query = query.where(sql<boolean>`(happened_at, id) < (${start[1]}, ${start[2]})`);
      const ordered = query
        .orderBy("happened_at", "desc")
        .orderBy("id", "desc")
        .limit(page.limit + 1);
      const rows = await ordered.selectAll().execute();
      return pageOf(rows, page.limit, { item: toEvent, place: (row) => ["events", row.happened_at, row.id] });
    });
  }

  remove(project: string, id: string): Promise<boolean> {
    return this.#sql.write(async (tx) => {
      const query = tx.deleteFrom("events").where("project", "=", project).where("id", "=", id);
      return (await query.executeTakeFirst()).numDeletedRows > 0n;
    });
  }

  overdue(at: Date, limit: number): Promise<readonly StoredEvent[]> {
    return this.#sql.read(async (db) => {
      const rows = await db
        .selectFrom("events")
        // Not a parameter, so that the index of pending events can be used.
        .where("status", "=", sql.lit("PENDING"))
        .where("invocation_id", "is not", null)
        .where("deadline", "<", at.getTime())
        .orderBy("deadline")
        .orderBy("id")
        .limit(limit)
        .selectAll()
        .execute();
      return rows.map(toEvent);
    });
  }
}

function keys(rows: readonly Pick<EventsTable, "project" | "id">[]): Set<string> {
  return new Set(rows.map(({ project, id }) => `${project}/${id}`));
}

function aboutWhat({ project, eventId }: NewNotice): string {
  return `${project}/${eventId}`;
}
