import { type Transaction, sql } from "kysely";
import type { NewNotice, Notice, Outbox } from "../store.ts";
import type { RowType, SqlFeatures } from "./features.ts";
import type { SqlRunner } from "./sql-runner.ts";
import type { OutboxTable, Tables } from "./tables.ts";

const COLUMNS = {
  id: "text",
  project: "text",
  event_id: "text",
  routing_key: "text",
  body: "text",
  created_at: "integer",
} as const satisfies Record<Exclude<keyof OutboxTable, "sequence">, RowType>;

/** Puts notices at the end of the outbox, in their order; nobody sees them before the transaction is over. */
export async function appendNotices(
  tx: Transaction<Tables>,
  notices: readonly NewNotice[],
  { features, now }: { readonly features: SqlFeatures; readonly now: number },
): Promise<void> {
  if (notices.length === 0) return;
  await features.lockOutbox?.execute(tx);
  const rows = notices.map((notice, place) => ({
    ...{ id: notice.id, project: notice.project, event_id: notice.eventId, routing_key: notice.routingKey },
    ...{ body: notice.body, created_at: now, place },
  }));
  const columns = sql.join(Object.keys(COLUMNS).map((column) => sql.ref(column)));
  const source = features.rows(JSON.stringify(rows), { ...COLUMNS, place: "integer" });
  await sql`insert into outbox (${columns}) select ${columns} from ${source} order by place`.execute(tx);
}

/** What is still to be told, in a SQL database. */
export class SqlOutbox implements Outbox {
  readonly #sql: SqlRunner;
  readonly #now: () => number;

  constructor(runner: SqlRunner, now: () => number) {
    this.#sql = runner;
    this.#now = now;
  }

  next(after: number, limit: number): Promise<readonly Notice[]> {
    return this.#sql.read(async (db) => {
      const query = db.selectFrom("outbox").where("sequence", ">", after).orderBy("sequence").limit(limit);
      const rows = await query.selectAll().execute();
      return rows.map((row) => ({
        sequence: row.sequence,
        id: row.id,
        project: row.project,
        eventId: row.event_id,
        routingKey: row.routing_key,
        body: row.body,
      }));
    });
  }

  async sent(sequences: readonly number[]): Promise<void> {
    if (sequences.length === 0) return;
    const json = JSON.stringify(sequences.map((sequence) => ({ sequence })));
    const confirmed = this.#sql.features.rows(json, { sequence: "integer" });
    await this.#sql.write((tx) =>
      sql`delete from outbox where sequence in (select sequence from ${confirmed})`.execute(tx),
    );
  }

  backlog(): Promise<{ readonly count: number; readonly oldestMs: number }> {
    return this.#sql.read(async (db) => {
      const { count, oldest } = await db
        .selectFrom("outbox")
        .select(({ fn }) => [fn.countAll<number>().as("count"), fn.min<number | null>("created_at").as("oldest")])
        .executeTakeFirstOrThrow();
      return { count, oldestMs: oldest === null ? 0 : Math.max(0, this.#now() - oldest) };
    });
  }
}
