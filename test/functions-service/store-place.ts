import { Database } from "bun:sqlite";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Kysely, PostgresDialect, sql } from "kysely";
import { Pool } from "pg";
import { openPostgresStore } from "../../functions-service/runtime/postgres.ts";
import { SqliteDialect } from "../../functions-service/runtime/sqlite-dialect.ts";
import { openSqliteStore } from "../../functions-service/runtime/sqlite.ts";
import type { Store } from "../../functions-service/store.ts";
import type { SqlFeatures } from "../../functions-service/store/features.ts";
import { postgresFeatures } from "../../functions-service/store/postgres.ts";
import type { StoreOptions } from "../../functions-service/store/sql-store.ts";
import { sqliteFeatures } from "../../functions-service/store/sqlite.ts";
import type { Tables } from "../../functions-service/store/tables.ts";
import { CloseStack } from "../../mesh/lifecycle.ts";
import { silentLog } from "../../mesh/log.ts";

/** A database of one test's own. */
export interface StorePlace {
  /** A path or a `postgres://` URL: {@link openStoreAt} opens it. */
  readonly url: string;
  readonly features: SqlFeatures;
  /** Another connection each time, closed with the place. */
  open(options?: StoreOptions): Promise<Store>;
  /** The database itself. */
  sql(): Kysely<Tables>;
  close(): Promise<void>;
}

/** Opens a store by what a {@link StorePlace} calls its URL. */
export function openStoreAt(url: string, options: StoreOptions = {}): Promise<Store> {
  const open = url.startsWith("postgres://") ? openPostgresStore : openSqliteStore;
  return open(url, silentLog, options);
}

/** A file in a folder of its own. */
export async function sqlitePlace(): Promise<StorePlace> {
  const folder = await mkdtemp(join(tmpdir(), "fmesh-store-"));
  const closing = new CloseStack();
  closing.defer(() => rm(folder, { recursive: true, force: true }));
  const url = join(folder, "functions.db");
  return place(url, { features: sqliteFeatures, closing, dialect: () => new SqliteDialect(new Database(url)) });
}

/** A new database of a running server; it goes with the server. */
export async function postgresPlace(serverUrl: string): Promise<StorePlace> {
  const name = `store_${crypto.randomUUID().replaceAll("-", "")}`;
  const closing = new CloseStack();
  const server = new Kysely<unknown>({
    dialect: new PostgresDialect({ pool: new Pool({ connectionString: serverUrl }) }),
  });
  closing.defer(() => server.destroy());
  await sql`create database ${sql.id(name)}`.execute(server);
  const url = new URL(name, serverUrl).href;
  const dialect = (): PostgresDialect => new PostgresDialect({ pool: new Pool({ connectionString: url }) });
  return place(url, { features: postgresFeatures, closing, dialect });
}

function place(
  url: string,
  options: { features: SqlFeatures; closing: CloseStack; dialect: () => SqliteDialect | PostgresDialect },
): StorePlace {
  const { features, closing, dialect } = options;
  return {
    url,
    features,
    open: async (settings) => closing.use(await openStoreAt(url, settings)),
    sql() {
      const db = new Kysely<Tables>({ dialect: dialect() });
      closing.defer(() => db.destroy());
      return db;
    },
    close: () => closing.close(),
  };
}
