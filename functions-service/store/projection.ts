import { type Transaction, sql } from "kysely";
import { insertEvents, settleEvents } from "./event-batches.ts";
import { END, firstRows } from "./journal-rows.ts";
import { Pending } from "./pending-changes.ts";
import { writeProjected } from "./projected-mark.ts";
import { RecentChanges } from "./recent-changes.ts";
import type { SqlRunner } from "./sql-runner.ts";
import type { Tables } from "./tables.ts";

/** Changes of one transaction, about: some milliseconds, in which nothing can be appended, and worth a transaction. */
const TOGETHER = 512;

/**
 * Brings events up to date with the journal. Many at a time cost a third of what they cost one by one, and an invocation
 * that has ended by then is written once: that is why it happens later, and not where changes are appended.
 */
export class Projection {
  readonly recent = new RecentChanges();
  readonly #sql: SqlRunner;
  #projected = 0;
  #running: Promise<unknown> = Promise.resolve();
  #next: Promise<boolean> | undefined;

  constructor(runner: SqlRunner) {
    this.#sql = runner;
  }

  /** How far the events are behind a sequence, as far as this process knows. */
  lag(end: number): number {
    return end - this.#projected;
  }

  /** The events show all that was appended before, when it resolves. Whether something was left to be done. */
  catchUp(): Promise<boolean> {
    // Who comes while one is running waits for the one after it, which sees what was appended meanwhile.
    this.#next ??= this.#running.then(() => {
      this.#next = undefined;
      const run = this.#run();
      this.#running = run.catch(() => undefined);
      return run;
    });
    return this.#next;
  }

  async #run(): Promise<boolean> {
    const { end, projected } = await this.#marks();
    this.#projected = projected;
    while (this.#projected < end) {
      this.#projected = await this.#sql.write((tx) => this.#page(tx));
      // SQLite answers at once: without a pause nothing could be appended until all of it is done.
      if (this.#projected < end) await new Promise((resolve) => setTimeout(resolve));
    }
    return projected < end;
  }

  async #marks(): Promise<{ readonly end: number; readonly projected: number }> {
    const marks = sql<{ end: number; projected: number }>`select ${END} as "end", position as projected
      from journal_marks where name = 'projected'`;
    const [row] = (await this.#sql.read((db) => marks.execute(db))).rows;
    return row ?? { end: 0, projected: 0 };
  }

  /** @returns up to where the events are now. */
  async #page(tx: Transaction<Tables>): Promise<number> {
    // Written as it is: others who project wait until this is over, and then find out how far it got.
    const position = await writeProjected(tx, sql`position`);
    const { rows } = await firstRows(tx, sql`first > ${position}`, sql.lit(TOGETHER));
    const page = await this.recent.read(tx, rows);
    const last = page.at(-1);
    if (last === undefined) return position;

    const pending = new Pending(page);
    pending.inserted(await insertEvents(tx, pending.begun(), this.#sql.features));
    pending.settled(await settleEvents(tx, pending.ended(), this.#sql.features));
    for (const { first, dropped } of pending.dropped()) {
      await tx.updateTable("journal").set({ dropped }).where("first", "=", first).execute();
    }
    return writeProjected(tx, sql`${last.first + last.count - 1}`);
  }
}
