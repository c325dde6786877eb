import { sql } from "kysely";
import type { SinkPositions, SinkStatus } from "../store.ts";
import { END } from "./journal-rows.ts";
import type { SqlRunner } from "./sql-runner.ts";

/** How far each sink has got, in a SQL database. */
export class SqlSinkPositions implements SinkPositions {
  readonly #sql: SqlRunner;
  readonly #now: () => number;

  constructor(runner: SqlRunner, now: () => number) {
    this.#sql = runner;
    this.#now = now;
  }

  keep(names: readonly string[]): Promise<void> {
    return this.#sql.write(async (tx) => {
      let others = tx.deleteFrom("sinks");
      if (names.length > 0) others = others.where("name", "not in", names);
      await others.execute();
      for (const name of names) {
        await tx
          .insertInto("sinks")
          .values({ name, position: END })
          .onConflict((conflict) => conflict.column("name").doNothing())
          .execute();
      }
    });
  }

  hold(name: string, holder: string, forMs: number): Promise<number | undefined> {
    const now = this.#now();
    return this.#sql.write(async (tx) => {
      const held = await tx
        .updateTable("sinks")
        .set({ holder, held_until: now + forMs })
        .where("name", "=", name)
        .where((of) => of.or([of("holder", "is", null), of("holder", "=", holder), of("held_until", "<", now)]))
        .returning("position")
        .executeTakeFirst();
      return held?.position;
    });
  }

  async advance(name: string, holder: string, position: number): Promise<boolean> {
    // By hand, as what is done for every batch: to build a query takes longer than to run it.
    const update = sql`update sinks set position = ${position} where name = ${name} and holder = ${holder}`;
    return (await this.#sql.once(update)).numAffectedRows === 1n;
  }

  release(name: string, holder: string): Promise<void> {
    return this.#sql.write(async (tx) => {
      const nobody = { holder: null, held_until: null };
      await tx.updateTable("sinks").set(nobody).where("name", "=", name).where("holder", "=", holder).execute();
    });
  }

  status(): Promise<readonly SinkStatus[]> {
    const now = this.#now();
    return this.#sql.read(async (db) => {
      const rows = await db
        .selectFrom("sinks")
        .select(["sinks.name", "sinks.position"])
        .select((of) => [
          END.as("end"),
          of
            .selectFrom("journal")
            .select("written_at")
            // The row that holds the next sequence is the last one that does not begin after it.
            .where("first", "<=", (eb) => eb(eb.ref("sinks.position"), "+", 1))
            .orderBy("first", "desc")
            .limit(1)
            .as("oldest"),
        ])
        .orderBy("sinks.name")
        .execute();
      return rows.map(({ name, position, end, oldest }) => {
        const backlog = Math.max(0, end - position);
        return { name, position, backlog, oldestMs: backlog === 0 ? 0 : Math.max(0, now - (oldest ?? now)) };
      });
    });
  }
}
