import type { Kysely, QueryResult, RawBuilder, Transaction } from "kysely";
import { MeshError } from "../../mesh/errors.ts";
import type { SqlFeatures, StoreFailure } from "./features.ts";
import { patiently } from "./patience.ts";
import type { Tables } from "./tables.ts";

/** Runs queries, and says what went wrong in words that do not depend on the database. */
export class SqlRunner {
  readonly features: SqlFeatures;
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>, features: SqlFeatures) {
    this.#db = db;
    this.features = features;
  }

  read<T>(work: (db: Kysely<Tables>) => Promise<T>): Promise<T> {
    return this.#translated(() => work(this.#db));
  }

  /**
   * All of it or nothing. Work begins with a statement that writes: on SQLite, a transaction that first reads cannot
   * wait for another's end.
   */
  write<T>(work: (tx: Transaction<Tables>) => Promise<T>): Promise<T> {
    return this.#translated(() => this.#db.transaction().execute(work));
  }

  /** One statement: all of it or nothing, without a transaction around it. */
  once<T>(statement: RawBuilder<T>): Promise<QueryResult<T>> {
    return this.#translated(() => statement.execute(this.#db));
  }

  /** One statement that appends to the journal. */
  inOrder<T>(statement: RawBuilder<T>): Promise<QueryResult<T>> {
    const { appendLock } = this.features;
    if (appendLock === undefined) return this.once(statement);
    return this.write(async (tx) => {
      await appendLock.execute(tx);
      return statement.execute(tx);
    });
  }

  /** Whether an error means that such a row is there already. */
  isTaken(error: unknown): boolean {
    return this.features.failureOf(error) === "taken";
  }

  async #translated<T>(run: () => Promise<T>): Promise<T> {
    try {
      return await patiently(run, (error) => this.features.failureOf(error) === "conflict");
    } catch (error) {
      const failure = error instanceof MeshError ? undefined : this.features.failureOf(error);
      if (failure === undefined || failure === "taken") throw error;
      const { code, text } = FAILURES[failure];
      throw new MeshError(code, text, { status: 503, retryAfterSeconds: RETRY_AFTER_SECONDS, cause: error });
    }
  }
}

const RETRY_AFTER_SECONDS = 1;

const FAILURES = {
  conflict: { code: "overloaded", text: "the store is busy with other changes; nothing was written, try again" },
  busy: { code: "overloaded", text: "the store has more to do than it can; nothing was written, try again" },
  full: { code: "internal", text: "the store's disk is full; nothing was written, make room and try again" },
  readonly: {
    code: "internal",
    text: "the store can be read only; nothing was written, make its file or server writable",
  },
  away: { code: "internal", text: "the store cannot be reached at the moment; see that its server runs" },
  damaged: { code: "internal", text: "the store's file is damaged or no database; restore a backup" },
} as const satisfies Record<Exclude<StoreFailure, "taken">, { code: "overloaded" | "internal"; text: string }>;
