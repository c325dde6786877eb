import { Database } from "bun:sqlite";
import { Kysely, PostgresDialect } from "kysely";
import { Pool } from "pg";
import { SqliteDialect } from "../../functions-service/runtime/sqlite-dialect.ts";
import type { SqlFeatures } from "../../functions-service/store/features.ts";
import { doneMigrations, migrateDown } from "../../functions-service/store/migrate.ts";
import { allMigrations } from "../../functions-service/store/migrations/all.ts";
import { postgresFeatures } from "../../functions-service/store/postgres.ts";
import { sqliteFeatures } from "../../functions-service/store/sqlite.ts";
import type { Closable } from "../../mesh/lifecycle.ts";

/** A step in the history of a store's tables. */
export interface StoreMigration {
  readonly name: string;
  readonly isDone: boolean;
}

const BUSY_TIMEOUT_MS = 5_000;

/** The tables of a store, as a database has them: nothing is brought up to date by looking at them. */
export class StoreMigrations implements Closable {
  readonly #db: Kysely<unknown>;
  readonly #features: SqlFeatures;

  private constructor(db: Kysely<unknown>, features: SqlFeatures) {
    this.#db = db;
    this.#features = features;
  }

  /** @throws what the driver does when there is no such file, or it is no database. */
  static ofFile(file: string): StoreMigrations {
    const database = new Database(file, { readwrite: true });
    database.run(`pragma busy_timeout = ${BUSY_TIMEOUT_MS}`);
    return new StoreMigrations(new Kysely({ dialect: new SqliteDialect(database) }), sqliteFeatures);
  }

  static ofServer(url: string): StoreMigrations {
    const pool = new Pool({ connectionString: url, max: 1, connectionTimeoutMillis: BUSY_TIMEOUT_MS });
    // What goes wrong is told by whatever is asked next.
    pool.on("error", () => undefined);
    return new StoreMigrations(new Kysely({ dialect: new PostgresDialect({ pool }) }), postgresFeatures);
  }

  /** All there are, in their order; also those that only a newer version knows. */
  async list(): Promise<readonly StoreMigration[]> {
    const done = new Set(await doneMigrations(this.#db));
    const names = new Set([...Object.keys(allMigrations(this.#features.columns)), ...done]);
    return [...names].toSorted().map((name) => ({ name, isDone: done.has(name) }));
  }

  /**
   * Undoes those after the named one, all of them or none.
   * @returns which were undone.
   * @throws StoreStartError when a newer version has written there.
   */
  undoAfter(name: string): Promise<readonly string[]> {
    return migrateDown(this.#db, this.#features, name);
  }

  close(): Promise<void> {
    return this.#db.destroy();
  }
}
