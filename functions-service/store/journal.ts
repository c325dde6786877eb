import { type Transaction, sql } from "kysely";
import { MeshError } from "../../mesh/errors.ts";
import type { Change, Journal, Transition } from "../store.ts";
import { transitionsOf } from "./journal-rows.ts";
import type { Projection } from "./projection.ts";
import { SqlSinkPositions } from "./sink-positions.ts";
import type { SqlRunner } from "./sql-runner.ts";
import type { JournalTable, Tables } from "./tables.ts";

/** How a journal is kept. */
export interface JournalOptions {
  readonly now: () => number;
  /** Sequences that may wait for a sink before no event begins any more. */
  readonly maxBacklog: number;
}

/** Rows that are read at a time. */
const ROWS = 64;

/** Changes that the events may be behind; who writes more has to wait for them. */
const MAX_LAG = 20_000;

/** The largest number of milliseconds that a date can hold (ECMA-262, 21.4.1.1). */
const LAST_INSTANT = 8.64e15;

/** The journal in a SQL database: what was written together is one row. */
export class SqlJournal implements Journal {
  readonly sinks: SqlSinkPositions;
  readonly #sql: SqlRunner;
  readonly #projection: Projection;
  readonly #options: JournalOptions;
  /** No sink has confirmed less. */
  #slowest = 0;

  constructor(runner: SqlRunner, projection: Projection, options: JournalOptions) {
    this.#sql = runner;
    this.#projection = projection;
    this.#options = options;
    this.sinks = new SqlSinkPositions(runner, options.now);
  }

  async append(project: string, changes: readonly Change[]): Promise<void> {
    if (changes.length === 0) return;
    for (const change of changes) assertInstants(change);
    const end = await this.#write({
      ...{ project, count: changes.length, written_at: this.#options.now(), body: JSON.stringify(changes) },
      begins: changes.some(({ change }) => change === "begun"),
    });
    if (this.#projection.lag(end) > MAX_LAG) await this.project();
  }

  project(): Promise<boolean> {
    return this.#projection.catchUp();
  }

  read(
    after: number,
    { limit, project }: { readonly limit: number; readonly project?: string | undefined },
  ): Promise<{ readonly transitions: readonly Transition[]; readonly end: number }> {
    return this.#sql.read(async (db) => {
      const marks = await db
        .selectFrom("journal_marks")
        .select("position")
        .where("name", "=", "projected")
        .executeTakeFirstOrThrow();
      let query = db
        .selectFrom("journal")
        .where("first", ">=", (where) =>
          // The row that holds the next sequence, which need not be its first.
          where
            .selectFrom("journal")
            .select(({ fn }) => fn.coalesce(fn.max("first"), sql.lit(0)).as("first"))
            .where("first", "<=", after + 1),
        )
        .where("first", "<=", marks.position)
        .orderBy("first")
        .limit(ROWS);
      if (project !== undefined) query = query.where("project", "=", project);
      const rows = await query.select(["first", "count", "project", "body", "dropped"]).execute();
      const transitions: Transition[] = [];
      for (const row of rows) {
        for (const transition of transitionsOf(row)) {
          if (transition.sequence <= after) continue;
          transitions.push(transition);
          if (transitions.length === limit) return { transitions, end: transition.sequence };
        }
      }
      const last = rows.at(-1);
      const isAll = rows.length < ROWS || last === undefined;
      return { transitions, end: Math.max(after, isAll ? marks.position : last.first + last.count - 1) };
    });
  }

  bounds(): Promise<{ readonly start: number; readonly end: number }> {
    return this.#sql.read(async (db) => {
      const { position: end } = await db
        .selectFrom("journal_marks")
        .select("position")
        .where("name", "=", "projected")
        .executeTakeFirstOrThrow();
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
        .execute();
    });
  }

  /** @returns the sequence of the last change. */
  #write({ begins, ...row }: Omit<JournalTable, "first" | "dropped"> & { readonly begins: boolean }): Promise<number> {
    return this.#sql.write(async (tx) => {
      // Also makes others wait who want to append: a reader that goes by sequences would miss what shows up late.
      const { position: end } = await tx
        .updateTable("journal_marks")
        .set((mark) => ({ position: mark("position", "+", row.count) }))
        .where("name", "=", "end")
        .returning("position")
        .executeTakeFirstOrThrow();
      if (begins) await this.#assertRoom(tx, end);
      await tx
        .insertInto("journal")
        .values({ ...row, first: end - row.count + 1, dropped: null })
        .execute();
      return end;
    });
  }

  async #assertRoom(tx: Transaction<Tables>, end: number): Promise<void> {
    const { maxBacklog } = this.#options;
    // Sinks only get on: when there was room by what is known of them, there is.
    if (end - this.#slowest <= maxBacklog) return;
    const { position } = await tx
      .selectFrom("sinks")
      .select(({ fn }) => fn.min<number | null>("position").as("position"))
      .executeTakeFirstOrThrow();
    this.#slowest = position ?? end;
    if (end - this.#slowest <= maxBacklog) return;
    throw new MeshError(
      "overloaded",
      `more than ${maxBacklog} events wait to be delivered; see why they are not, or let more of them wait`,
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
