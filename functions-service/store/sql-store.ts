import { type Kysely, sql } from "kysely";
import type { Store } from "../store.ts";
import { SqlEvents } from "./events.ts";
import type { SqlFeatures } from "./features.ts";
import { SqlFunctions } from "./functions.ts";
import { SqlJobs } from "./jobs.ts";
import { SqlJournal } from "./journal.ts";
import { Projection } from "./projection.ts";
import { SqlRunner } from "./sql-runner.ts";
import type { Tables } from "./tables.ts";

/** What may be said of a store. */
export interface StoreOptions {
  /** Changes that may wait for a sink before no event begins any more. Default: 1 000 000. */
  readonly maxBacklog?: number | undefined;
  readonly now?: (() => number) | undefined;
}

const MAX_BACKLOG = 1_000_000;

/** A store over a SQL database whose tables are up to date. Closes the database with it. */
export function sqlStore(
  db: Kysely<Tables>,
  features: SqlFeatures,
  { maxBacklog = MAX_BACKLOG, now = Date.now }: StoreOptions = {},
): Store {
  const runner = new SqlRunner(db, features);
  const projection = new Projection(runner);
  let closing: Promise<void> | undefined;
  return {
    functions: new SqlFunctions(runner, now),
    events: new SqlEvents(runner, projection),
    jobs: new SqlJobs(runner, now),
    journal: new SqlJournal(runner, projection, { now, maxBacklog }),
    async ping(signal) {
      await runner.read((connected) => sql`select 1`.execute(connected, signal && { signal }));
    },
    close: () => (closing ??= db.destroy()),
  };
}
