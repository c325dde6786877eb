import { Database } from "bun:sqlite";
import { Kysely } from "kysely";
import type { Log } from "../../mesh/log.ts";
import type { Store } from "../store.ts";
import type { DirectStatements } from "../store/features.ts";
import { migrateToLatest } from "../store/migrate.ts";
import { patiently } from "../store/patience.ts";
import { type StoreOptions, sqlStore } from "../store/sql-store.ts";
import { sqliteFeatures } from "../store/sqlite.ts";
import { startError } from "../store/start-error.ts";
import type { Tables } from "../store/tables.ts";
import { directStatements } from "./direct-statements.ts";
import { SqliteDialect } from "./sqlite-dialect.ts";

/** Nothing else runs in this process while SQLite waits for another one; the store waits longer, but not like that. */
const BUSY_TIMEOUT_MS = 5;

/**
 * Opens the store in a SQLite file, which is made when it is not there, or in memory (`":memory:"`).
 * @throws StoreStartError that says what is wrong with the file, and what to do.
 */
export async function openSqliteStore(file: string, log: Log, options: StoreOptions = {}): Promise<Store> {
  try {
    const { db, direct, migrations } = await patiently(() => open(file), isLocked);
    if (migrations.length > 0) log.info("the store's tables were brought up to date", { file, migrations });
    return sqlStore(db, { ...sqliteFeatures, direct }, options);
  } catch (error) {
    throw startError(error, { where: JSON.stringify(file), advice: ADVICE });
  }
}

interface Opened {
  readonly db: Kysely<Tables>;
  readonly direct: DirectStatements;
  readonly migrations: readonly string[];
}

async function open(file: string): Promise<Opened> {
  const database = new Database(file, { create: true, readwrite: true });
  try {
    database.run(`pragma busy_timeout = ${BUSY_TIMEOUT_MS}`);
    // Of a new file, twice SQLite's own size: half as many pages to write under load, where few of them have room left.
    database.run("pragma page_size = 8192");
    database.run("pragma journal_mode = wal");
    // With a write-ahead log, what was committed survives the process; a power cut may take the last moments.
    database.run("pragma synchronous = normal");
    // Twice SQLite's own number of pages: those at the ends of indexes are written anew with every batch.
    database.run("pragma wal_autocheckpoint = 2000");
    database.run("pragma foreign_keys = on");
    const db = new Kysely<Tables>({ dialect: new SqliteDialect(database) });
    return { db, direct: directStatements(database), migrations: await migrateToLatest(db, sqliteFeatures) };
  } catch (error) {
    database.close();
    throw error;
  }
}

function isLocked(error: unknown): boolean {
  return sqliteFeatures.failureOf(error) === "conflict";
}

/** What to do about errors at the start, by the beginnings of their codes. */
const ADVICE = {
  SQLITE_CANTOPEN: "create its folder, and let this user write there",
  SQLITE_READONLY: "let this user write to it, and to its folder",
  SQLITE_NOTADB: "name another file: this one is no SQLite database",
  SQLITE_CORRUPT: "restore a backup: it is damaged",
  SQLITE_BUSY: "end the other process that works on it",
  SQLITE_FULL: "make room on its disk",
  SQLITE_IOERR: "see that its disk works",
  SQLITE_ERROR: "give the store a file of its own",
};
