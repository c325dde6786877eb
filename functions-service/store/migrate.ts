import { type Kysely, sql } from "kysely";
import { Migrator, NO_MIGRATIONS } from "kysely/migration";
import type { SqlFeatures } from "./features.ts";
import { allMigrations } from "./migrations/all.ts";
import { StoreStartError } from "./start-error.ts";

const TABLE = "fmesh_migrations";
const LOCK_TABLE = "fmesh_migrations_lock";

/**
 * Brings the tables of a database to what this code expects. Several processes may do so at once: one does the work.
 * @returns the names of the migrations that were run.
 * @throws StoreStartError when the database was written by a newer version, or a migration fails; nothing has changed then.
 */
export function migrateToLatest<T>(db: Kysely<T>, features: SqlFeatures): Promise<readonly string[]> {
  return underLock(db, features, (migrator) => migrator.migrateToLatest());
}

/**
 * Goes back to the tables as they were after a migration, or before all of them. What the newer ones hold is lost.
 * @returns the names of the migrations that were undone.
 */
export function migrateDown<T>(db: Kysely<T>, features: SqlFeatures, to?: string): Promise<readonly string[]> {
  return underLock(db, features, (migrator) => migrator.migrateTo(to ?? NO_MIGRATIONS));
}

/** The names of the migrations that a database has, in their order. */
export async function doneMigrations<T>(db: Kysely<T>): Promise<readonly string[]> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some((table) => table.name === TABLE)) return [];
  const { rows } = await sql<{ name: string }>`select name from ${sql.table(TABLE)} order by name`.execute(db);
  return rows.map(({ name }) => name);
}

function underLock<T>(
  db: Kysely<T>,
  features: SqlFeatures,
  run: (migrator: Migrator) => ReturnType<Migrator["migrateToLatest"]>,
): Promise<readonly string[]> {
  const migrations = allMigrations(features.columns);
  return db.connection().execute(async (connection) => {
    const migrator = new Migrator({
      db: connection,
      provider: { getMigrations: () => Promise.resolve({ ...migrations }) },
      migrationTableName: TABLE,
      migrationLockTableName: LOCK_TABLE,
    });
    const lock = features.migrationLock;
    await lock?.begin.execute(connection);
    try {
      await refuseNewer(connection, migrations);
      const { error, results = [] } = await run(migrator);
      if (error !== undefined) throw asError(error);
      await lock?.commit.execute(connection);
      return results.map((result) => result.migrationName);
    } catch (error) {
      if (lock !== undefined) await sql`rollback`.execute(connection);
      throw error;
    }
  });
}

/** An older version must not write into tables it does not know. */
async function refuseNewer<T>(db: Kysely<T>, migrations: Readonly<Record<string, unknown>>): Promise<void> {
  const unknown = (await doneMigrations(db)).find((name) => !Object.hasOwn(migrations, name));
  if (unknown === undefined) return;
  throw new StoreStartError(
    `the database was written by a newer version of the functions service (it has "${unknown}"); ` +
      "run that version or newer, or restore a backup from before",
  );
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
