import type { Database, Statement } from "bun:sqlite";

/** Statements that are kept: more than the store has of those that are always the same. */
const KEPT = 64;

/** Makes a database prepare what it is asked again only once: that takes longer than most statements. */
export function keepStatements(database: Database): void {
  const kept = new Map<string, Statement>();
  const prepare: (sql: string) => Statement = database.prepare.bind(database);
  const close = database.close.bind(database);
  const forget = ([sql, statement]: readonly [string, Statement]): void => {
    kept.delete(sql);
    statement.finalize();
  };
  const prepareOnce = (sql: string): Statement => {
    const statement: Statement = kept.get(sql) ?? prepare(sql);
    const [oldest] = kept;
    if (oldest !== undefined && kept.size >= KEPT && !kept.has(sql)) forget(oldest);
    // The newest are at the end.
    kept.delete(sql);
    kept.set(sql, statement);
    return statement;
  };
  // What its rows and parameters are, whoever asks knows by the text.
  database.prepare = prepareOnce as typeof database.prepare;
  // A database with statements stays open however often it is closed.
  database.close = (throwOnError) => {
    for (const each of kept) forget(each);
    close(throwOnError);
  };
}
