import { sql } from "kysely";
import { MeshError } from "../../mesh/errors.ts";
import type { Change, Journal, Transition } from "../store.ts";
import { END, firstRows, transitionsOf } from "./journal-rows.ts";
import { readProjected } from "./projected-mark.ts";
import type { Projection } from "./projection.ts";
import type { RecentChanges } from "./recent-changes.ts";
import { SqlSinkPositions } from "./sink-positions.ts";
import type { SqlRunner } from "./sql-runner.ts";

/** How a journal is kept. */
export interface JournalOptions {
  readonly now: () => number;
  /** Sequences that may wait for a sink before no event begins any more. */
  readonly maxBacklog: number;
}

/** Changes that the events may be behind; who writes more has to wait for them. */
const MAX_LAG = 20_000;

/** The largest number of milliseconds that a date can hold (ECMA-262, 21.4.1.1). */
const LAST_INSTANT = 8.64e15;

/** The journal in a SQL database: what was written together is one row. */
export class SqlJournal implements Journal {
  readonly sinks: SqlSinkPositions;
  readonly #sql: SqlRunner;
  readonly #projection: Projection;
  readonly #recent: RecentChanges;
  readonly #options: JournalOptions;
  /** The last sequence, as far as this process knows, and what no sink has confirmed less than. */
  #end = 0;
  #slowest = 0;

  constructor(runner: SqlRunner, projection: Projection, options: JournalOptions) {
    this.#sql = runner;
    this.#projection = projection;
    this.#recent = projection.recent;
    this.#options = options;
    this.sinks = new SqlSinkPositions(runner, options.now);
  }

  async append(project: string, changes: readonly Change[], batchJson?: string): Promise<void> {
    if (changes.length === 0) return;
    for (const change of changes) assertInstants(change);
    if (changes.some(({ change }) => change === "begun")) await this.#assertRoom();
    const { length: count } = changes;
    const body = batchJson ?? JSON.stringify(changes);
    // By hand, as all that is done once per batch: on SQLite building a query takes longer than running it.
    const insert = sql<{ first: number }>`insert into journal (first, count, project, written_at, body)
      values (${END} + 1, ${count}, ${project}, ${this.#options.now()}, ${body}) returning first`;
    const [row] = (await this.#sql.inOrder(insert)).rows;
    const first = row?.first ?? 0;
    this.#recent.keep(first, changes, body.length);
    this.#end = first + count - 1;
    if (this.#projection.lag(this.#end) > MAX_LAG) await this.project();
  }

  project(): Promise<boolean> {
    return this.#projection.catchUp();
  }

  read(
    after: number,
    { limit, project }: { readonly limit: number; readonly project?: string | undefined },
  ): Promise<{ readonly transitions: readonly Transition[]; readonly end: number }> {
    return this.#sql.read(async (db) => {
      const position = await readProjected(db);
      // From the row that holds the next sequence, which need not be its first.
      const from = sql`(select coalesce(max(first), 0) from journal where first <= ${after + 1})`;
      const whose = project === undefined ? sql`` : sql` and project = ${project}`;
      const wanted = sql`cast(${after + 1 + limit} as bigint) - ${from}`;
      const found = await firstRows(db, sql`first >= ${from} and first <= ${position}${whose}`, wanted);
      const rows = await this.#recent.read(db, found.rows);
      const transitions: Transition[] = [];
      for (const row of rows) {
        for (const transition of transitionsOf(row)) {
          if (transition.sequence <= after) continue;
          transitions.push(transition);
          if (transitions.length === limit) return { transitions, end: transition.sequence };
        }
      }
      const last = rows.at(-1);
      return {
        transitions,
        end: Math.max(after, found.isAll || last === undefined ? position : last.first + last.count - 1),
      };
    });
  }

  bounds(): Promise<{ readonly start: number; readonly end: number }> {
    return this.#sql.read(async (db) => {
      const end = await readProjected(db);
      const { first } = await db
        .selectFrom("journal")
        .select(({ fn }) => fn.min<number | null>("first").as("first"))
        .executeTakeFirstOrThrow();
      return { start: first === null ? end : Math.min(first - 1, end), end };
    });
  }

  prune(before: Date): Promise<void> {
    return this.#sql.write(async (tx) => {
      await tx
        .deleteFrom("journal")
        .where("written_at", "<", before.getTime())
        .where((where) => {
          const marks = where.selectFrom("journal_marks").select("position").where("name", "=", "projected");
          const positions = marks.unionAll(where.selectFrom("sinks").select("position")).as("positions");
          const slowest = where.selectFrom(positions).select(({ fn }) => fn.min("position").as("position"));
          return where(sql<number>`first + count - 1`, "<=", slowest);
        })
        // Its numbers go on from it.
        .where("first", "<", (where) => where.selectFrom("journal").select(({ fn }) => fn.max("first").as("first")))
        .execute();
    });
  }

  async #assertRoom(): Promise<void> {
    const { maxBacklog } = this.#options;
    // Sinks only get on: when there was room by what is known of them, there is.
    if (this.#end - this.#slowest < maxBacklog) return;
    const positions = sql<{ end: number; slowest: number | null }>`select ${END} as "end",
      (select min(position) from sinks) as slowest`;
    const [row] = (await this.#sql.read((db) => positions.execute(db))).rows;
    this.#end = row?.end ?? 0;
    this.#slowest = row?.slowest ?? this.#end;
    if (this.#end - this.#slowest < maxBacklog) return;
    throw new MeshError(
      "overloaded",
      `${maxBacklog} events wait to be delivered; see why they are not, or let more of them wait (functions.maxBacklog)`,
      { status: 503, retryAfterSeconds: 1 },
    );
  }
}

/** @throws MeshError `invalid_request` for what is no time in milliseconds since 1970: events could not show it. */
function assertInstants(change: Change): void {
  const { startedAt } = change;
  const other = change.change === "begun" ? change.deadlineMs : change.endedAt;
  for (const ms of [startedAt, other ?? startedAt]) {
    if (Number.isInteger(ms) && Math.abs(ms) <= LAST_INSTANT) continue;
    throw new MeshError(
      "invalid_request",
      `event "${change.id}" has the time ${ms}; use whole milliseconds since 1970`,
    );
  }
}
