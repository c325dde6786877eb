import { type Kysely, sql } from "kysely";
import type { Store } from "../store.ts";
import { SqlEvents } from "./events.ts";
import type { SqlFeatures } from "./features.ts";
import { SqlFunctions } from "./functions.ts";
import { SqlOutbox } from "./outbox.ts";
import { SqlRunner } from "./sql-runner.ts";
import type { Tables } from "./tables.ts";

/** A store over a SQL database whose tables are up to date. Closes the database with it. */
export function sqlStore(
  db: Kysely<Tables>,
  { features, now = Date.now }: { readonly features: SqlFeatures; readonly now?: (() => number) | undefined },
): Store {
  const runner = new SqlRunner(db, features);
  let closing: Promise<void> | undefined;
  return {
    functions: new SqlFunctions(runner, now),
    events: new SqlEvents(runner, now),
    outbox: new SqlOutbox(runner, now),
    async ping(signal) {
      await runner.read((connected) => sql`select 1`.execute(connected, signal && { signal }));
    },
    close: () => (closing ??= db.destroy()),
  };
}
