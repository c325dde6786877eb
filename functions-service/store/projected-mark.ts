import { type Kysely, type QueryResult, type RawBuilder, type Transaction, sql } from "kysely";
import type { Tables } from "./tables.ts";

// By hand, as what is done for every batch: to build a query takes longer than to run it.

/** Up to which sequence the events show what was appended. */
export async function readProjected(db: Kysely<Tables>): Promise<number> {
  return positionIn(await sql<Mark>`select position from journal_marks where name = 'projected'`.execute(db));
}

/** Says so, and gives it. Others who do the same wait until the transaction is over. */
export async function writeProjected(tx: Transaction<Tables>, to: RawBuilder<unknown>): Promise<number> {
  const update = sql<Mark>`update journal_marks set position = ${to} where name = 'projected' returning position`;
  return positionIn(await update.execute(tx));
}

interface Mark {
  readonly position: number;
}

function positionIn({ rows: [mark] }: QueryResult<Mark>): number {
  if (mark === undefined) throw new Error("the store does not say what its events show; restore a backup");
  return mark.position;
}
