import { sql } from "kysely";
import * as v from "valibot";
import type { StoredEvent } from "../../mesh/event.ts";
import type { EventSummary } from "../../mesh/event-summary.ts";
import type { EventFilter, EventStore, Page, PageRequest, SummaryRequest } from "../store.ts";
import { pageOf, startOf } from "./cursor.ts";
import { matching, timeOf } from "./event-filter.ts";
import { toEvent } from "./event-rows.ts";
import type { Projection } from "./projection.ts";
import type { SqlRunner } from "./sql-runner.ts";
import { summarize } from "./summary-query.ts";

const eventCursor = v.strictTuple([v.literal("events"), v.pipe(v.number(), v.safeInteger()), v.string()]);

/** Events in a SQL database. */
export class SqlEvents implements EventStore {
  readonly #sql: SqlRunner;
  readonly #projection: Projection;

  constructor(runner: SqlRunner, projection: Projection) {
    this.#sql = runner;
    this.#projection = projection;
  }

  async get(project: string, id: string): Promise<StoredEvent | undefined> {
    await this.#catchUp();
    return this.#sql.read(async (db) => {
      const query = db.selectFrom("events").where("project", "=", project).where("id", "=", id);
      const row = await query.selectAll().executeTakeFirst();
      return row && toEvent(row);
    });
  }

  async list(project: string, filter: EventFilter, page: PageRequest): Promise<Page<StoredEvent>> {
    const start = startOf(page, eventCursor);
    const matches = matching(filter);
    const time = timeOf(filter);
    await this.#catchUp();
    return this.#sql.read(async (db) => {
      let query = db.selectFrom("events").where("project", "=", project).where(matches);
      if (start !== undefined) query = query.where(sql<boolean>`(${time}, id) < (${start[1]}, ${start[2]})`);
      const ordered = query
        .orderBy(time, "desc")
        .orderBy("id", "desc")
        .limit(page.limit + 1);
      const rows = await ordered.selectAll().execute();
      return pageOf(rows, page.limit, { item: toEvent, place: (row) => ["events", row.happened_at, row.id] });
    });
  }

  async summarize(project: string, request: SummaryRequest): Promise<EventSummary> {
    await this.#catchUp();
    return summarize(this.#sql, project, request);
  }

  async remove(project: string, id: string): Promise<boolean> {
    await this.#catchUp();
    return this.#sql.write(async (tx) => {
      const query = tx.deleteFrom("events").where("project", "=", project).where("id", "=", id);
      return (await query.executeTakeFirst()).numDeletedRows > 0n;
    });
  }

  async overdue(at: Date, limit: number): Promise<readonly StoredEvent[]> {
    await this.#catchUp();
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

  async prune(before: Date, limit: number): Promise<number> {
    const ended = sql<boolean>`status <> 'PENDING'`;
    return this.#sql.write(async (tx) => {
      // From project to project through the index: few projects, many events.
      const old = sql`with recursive each(project) as (
          select min(project) from events
          union all
          select (select min(project) from events where events.project > each.project) from each where each.project is not null
        )
        select events.project, events.id from each join events on events.project = each.project
        where events.happened_at < ${before.getTime()} and ${ended} limit ${limit}`;
      const deleted = await sql`delete from events where (project, id) in (${old})`.execute(tx);
      return Number(deleted.numAffectedRows ?? 0n);
    });
  }

  /** What cannot be written for want of room can still be read, as far as it was written. */
  async #catchUp(): Promise<void> {
    try {
      await this.#projection.catchUp();
    } catch (error) {
      const failure = error instanceof Error ? this.#sql.features.failureOf(error.cause) : undefined;
      if (failure !== "full" && failure !== "readonly") throw error;
    }
  }
}
