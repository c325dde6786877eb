import type { Database } from "bun:sqlite";
import type { Driver } from "kysely";
import { BunSqliteDialect } from "kysely-bun-sqlite";
import { keepStatements } from "./kept-statements.ts";

/** SQLite through Bun, where a transaction that SQLite gave up by itself is not given up a second time. */
export class SqliteDialect extends BunSqliteDialect {
  readonly #database: Database;

  constructor(database: Database) {
    keepStatements(database);
    super({ database });
    this.#database = database;
  }

  override createDriver(): Driver {
    const driver = super.createDriver();
    const rollback = driver.rollbackTransaction.bind(driver);
    // A full disk ends transactions (https://sqlite.org/lang_transaction.html); the error of the second end would hide why.
    driver.rollbackTransaction = async (connection) => {
      if (this.#database.inTransaction) await rollback(connection);
    };
    return driver;
  }
}
