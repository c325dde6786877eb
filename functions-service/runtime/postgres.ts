import { Kysely, PostgresDialect } from "kysely";
import { Pool, TypeOverrides, types } from "pg";
import type { Log } from "../../mesh/log.ts";
import type { Store } from "../store.ts";
import { migrateToLatest } from "../store/migrate.ts";
import { postgresFeatures } from "../store/postgres.ts";
import { type StoreOptions, sqlStore } from "../store/sql-store.ts";
import { startError } from "../store/start-error.ts";
import type { Tables } from "../store/tables.ts";

const POOL_SIZE = 8;
const CONNECT_TIMEOUT_MS = 5000;

/** No statement of the store takes so long unless something is wrong with the server. */
const STATEMENT_TIMEOUT_MS = 30_000;

/**
 * Opens the store in a PostgreSQL database of its own.
 * @param url `postgres://user:password@host:port/database`
 * @throws StoreStartError that says what is wrong with the server or the URL, and what to do; without the password.
 */
export async function openPostgresStore(url: string, log: Log, options: StoreOptions = {}): Promise<Store> {
  const where = shownUrl(url);
  const pool = new Pool({
    ...{ connectionString: url, application_name: "functions-mesh", max: POOL_SIZE },
    ...{ connectionTimeoutMillis: CONNECT_TIMEOUT_MS, statement_timeout: STATEMENT_TIMEOUT_MS },
    types: integersAsNumbers(),
  });
  // Connections that nobody uses end with the server, and a pool without a listener takes the process with them.
  pool.on("error", (error) => log.warn("the store's database hung up", { database: where, reason: error.message }));
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  try {
    const migrations = await migrateToLatest(db, postgresFeatures);
    if (migrations.length > 0) log.info("the store's tables were brought up to date", { database: where, migrations });
    return sqlStore(db, postgresFeatures, options);
  } catch (error) {
    await db.destroy();
    throw startError(error, { where, advice: ADVICE });
  }
}

/** What to do about errors at the start, by the beginnings of their codes. */
const ADVICE = {
  ECONNREFUSED: "start its server, or correct host and port",
  ENOTFOUND: "correct the name of its host",
  EAI_AGAIN: "correct the name of its host, or see that names can be looked up",
  "28": "correct user and password, or let this user in (pg_hba.conf)",
  "3D000": "create the database, or correct its name",
  "42501": "let this user create tables there (grant create on schema public)",
  "42P07": "give the store a database of its own: this one has tables of the same names",
  "25006": "name the primary server: this one can be read only",
  "53100": "make room on its disk",
  "53300": "let it have more connections (max_connections)",
  "": "see that it is a PostgreSQL server that answers there, and what its log says",
};

// The driver gives 64-bit integers as text; none of ours is too large for a number.
function integersAsNumbers(): TypeOverrides {
  const overrides = new TypeOverrides();
  overrides.setTypeParser(types.builtins.INT8, Number);
  return overrides;
}

/** @throws StoreStartError for what is no URL. */
function shownUrl(url: string): string {
  const parsed = URL.parse(url);
  if (parsed === null) throw startError(new Error("it is no URL"), { where: "of the settings", advice: {} });
  const { username, host, pathname } = parsed;
  return `"postgres://${username === "" ? "" : `${username}@`}${host}${pathname}"`;
}
