import { Database } from "bun:sqlite";
import { Kysely } from "kysely";
import { BunSqliteDialect } from "kysely-bun-sqlite";
import type { Log } from "../../mesh/log.ts";
import type { Store } from "../store.ts";
import { migrateToLatest } from "../store/migrate.ts";
import { sqlStore } from "../store/sql-store.ts";
import { sqliteFeatures } from "../store/sqlite.ts";
import type { Tables } from "../store/tables.ts";

/** How long a writer waits for another process. This one stands still meanwhile, so not long. */
const BUSY_TIMEOUT_MS = 2000;

/**
 * Opens the store in a SQLite file, which is made when it is not there, or in memory (`":memory:"`).
 * @throws StoreStartError that says what is wrong with the file, and what to do.
 */
export async function openSqliteStore(file: string, log: Log): Promise<Store> {
  const database = new Database(file, { create: true, readwrite: true, strict: true });
  database.run(`pragma busy_timeout = ${BUSY_TIMEOUT_MS}`);
  database.run("pragma journal_mode = wal");
  // With a write-ahead log, what was committed survives the process; a power cut may take the last moments.
  database.run("pragma synchronous = normal");
  database.run("pragma foreign_keys = on");
  const db = new Kysely<Tables>({ dialect: new BunSqliteDialect({ database }) });
  const migrations = await migrateToLatest(db, sqliteFeatures);
  if (migrations.length > 0) log.info("the store's tables were brought up to date", { file, migrations });
  return sqlStore(db, { features: sqliteFeatures });
}
