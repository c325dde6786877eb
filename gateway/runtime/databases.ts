import { Database } from "bun:sqlite";
import { isAbsolute, join } from "node:path";
import { Kysely, PostgresDialect } from "kysely";
import { BunSqliteDialect } from "kysely-bun-sqlite";
import { Pool } from "pg";
import type { Closable } from "../../mesh/lifecycle.ts";
import type { Log } from "../../mesh/log.ts";
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
  readonly #log: Log;
  readonly #retired = new Map<OpenDatabases, ReturnType<typeof setTimeout>>();
  #current: { readonly key: string; readonly databases: OpenDatabases } | undefined;

  /** @param folder what relative SQLite paths start from. */
  constructor(folder: string, log: Log) {
    this.#folder = folder;
    this.#log = log;
  }

  /**
   * Goes over to the databases of another configuration, if `use` accepts them; when it throws, nothing has changed.
   * Those of the one before stay open until no call can ask them any more.
   */
  change<T>(databases: Readonly<Record<string, DatabaseConfig>>, use: (queries: QueryPort) => T): T {
    const key = JSON.stringify(databases);
    const before = this.#current;
    const next = before?.key === key ? before : { key, databases: this.#open(databases) };
    const result = use(kyselyQueries(next.databases));
    if (before !== undefined && before !== next) this.#retire(before.databases);
    this.#current = next;
    return result;
  }

  async close(): Promise<void> {
    for (const [databases, timer] of this.#retired) {
      clearTimeout(timer);
      await closeDatabases(databases);
    }
    if (this.#current !== undefined) await closeDatabases(this.#current.databases);
  }

  #open(databases: Readonly<Record<string, DatabaseConfig>>): OpenDatabases {
    return new Map(
      Object.entries(databases).map(([name, config]) => {
        const dialect = config.kind === "postgres" ? this.#postgres(name, config.url) : this.#sqlite(config.path);
        return [name, new Kysely({ dialect })];
      }),
    );
  }

  #postgres(name: string, url: string): PostgresDialect {
    const pool = new Pool({ connectionString: url, max: POOL_SIZE, statement_timeout: STATEMENT_TIMEOUT_MS });
    // Connections that nobody uses end with the server, and a pool without a listener takes the process with them.
    pool.on("error", (error) => this.#log.warn("a database hung up", { database: name, reason: error.message }));
    return new PostgresDialect({ pool });
  }

  #sqlite(path: string): BunSqliteDialect {
    // For reading alone: a rule never writes, and a missing file is a mistake rather than an empty database.
    const file = isAbsolute(path) ? path : join(this.#folder, path);
    return new BunSqliteDialect({ database: new Database(file, { readonly: true }) });
  }

  #retire(databases: OpenDatabases): void {
    const close = (): void => {
      this.#retired.delete(databases);
      closeDatabases(databases).catch((error: unknown) =>
        this.#log.warn("a database that is no longer used could not be closed", { error }),
      );
    };
    this.#retired.set(databases, setTimeout(close, RETIRE_MS));
  }
}

type OpenDatabases = ReadonlyMap<string, Kysely<unknown>>;

async function closeDatabases(databases: OpenDatabases): Promise<void> {
  await Promise.all([...databases.values()].map((database) => database.destroy()));
}
