import { Database } from "bun:sqlite";
import { isAbsolute, join } from "node:path";
import { Kysely, PostgresDialect } from "kysely";
import { BunSqliteDialect } from "kysely-bun-sqlite";
import { Pool } from "pg";
import type { Closable } from "../../mesh/lifecycle.ts";
import type { DatabaseConfig } from "../config.ts";
import type { QueryPort } from "../rules/query.ts";
import { MAX_WAIT_MS } from "../rules/deadline.ts";
import { kyselyQueries } from "../rules/query/kysely.ts";

/** A rule stops waiting by itself; this tells the database to stop looking. */
const STATEMENT_TIMEOUT_MS = MAX_WAIT_MS;

/** Connections to ask with at once, for each PostgreSQL database: rules read single rows. */
const POOL_SIZE = 4;

/** How long a replaced database stays open: no rule asks for longer than this. */
const RETIRE_MS = 2 * MAX_WAIT_MS;

/** The databases that `query` rules read, through changes of the configuration. */
export class LiveDatabases implements Closable {
  readonly #folder: string;
  readonly #retired = new Map<OpenDatabases, ReturnType<typeof setTimeout>>();
  #current: { readonly key: string; readonly databases: OpenDatabases } | undefined;

  /** @param folder what relative SQLite paths start from. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The databases of a configuration. Those of the one before stay open until no call can ask them any more. */
  open(databases: Readonly<Record<string, DatabaseConfig>>): QueryPort {
    const key = JSON.stringify(databases);
    if (this.#current?.key !== key) {
      const opened = openDatabases(databases, this.#folder);
      if (this.#current !== undefined) this.#retire(this.#current.databases);
      this.#current = { key, databases: opened };
    }
    return kyselyQueries(this.#current.databases);
  }

  async close(): Promise<void> {
    for (const [databases, timer] of this.#retired) {
      clearTimeout(timer);
      await closeDatabases(databases);
    }
    if (this.#current !== undefined) await closeDatabases(this.#current.databases);
  }

  #retire(databases: OpenDatabases): void {
    const close = (): void => {
      this.#retired.delete(databases);
      void closeDatabases(databases);
    };
    this.#retired.set(databases, setTimeout(close, RETIRE_MS));
  }
}

type OpenDatabases = ReadonlyMap<string, Kysely<unknown>>;

function openDatabases(databases: Readonly<Record<string, DatabaseConfig>>, folder: string): OpenDatabases {
  return new Map(
    Object.entries(databases).map(([name, config]) => [name, new Kysely({ dialect: dialectOf(config, folder) })]),
  );
}

async function closeDatabases(databases: OpenDatabases): Promise<void> {
  await Promise.all([...databases.values()].map((database) => database.destroy()));
}

function dialectOf(config: DatabaseConfig, folder: string): BunSqliteDialect | PostgresDialect {
  if (config.kind === "postgres") {
    return new PostgresDialect({
      pool: new Pool({ connectionString: config.url, max: POOL_SIZE, statement_timeout: STATEMENT_TIMEOUT_MS }),
    });
  }
  // For reading alone: a rule never writes, and a missing file is a mistake rather than an empty database.
  const file = isAbsolute(config.path) ? config.path : join(folder, config.path);
  return new BunSqliteDialect({ database: new Database(file, { readonly: true }) });
}
