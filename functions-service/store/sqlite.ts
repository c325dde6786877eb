import { sql } from "kysely";
import { type SqlFeatures, type StoreFailure, keysOf } from "./features.ts";

/** What SQLite does in its own way. It has one writer at a time, and so it needs few locks. */
export const sqliteFeatures: SqlFeatures = {
  columns: { name: sql`text` },
  rows(rows, columns) {
    const names = keysOf(columns);
    // Lists instead of objects: SQLite then finds a value by counting.
    const json = JSON.stringify(rows.map((row) => names.map((name) => row[name])));
    const fields = names.map((name, place) => sql`value ->> ${sql.lit(place)} as ${sql.ref(name)}`);
    return sql`(select ${sql.join(fields)} from json_each(${json}))`;
  },
  appendLock: undefined,
  migrationLock: { begin: sql`begin immediate`, commit: sql`commit` },
  failureOf: (error) => FAILURES.find(([code]) => codeOf(error).startsWith(code))?.[1],
};

/** By the beginnings of SQLite's result codes. */
const FAILURES: readonly (readonly [string, StoreFailure])[] = [
  ["SQLITE_CONSTRAINT_UNIQUE", "taken"],
  ["SQLITE_CONSTRAINT_PRIMARYKEY", "taken"],
  ["SQLITE_BUSY", "conflict"],
  ["SQLITE_LOCKED", "conflict"],
  ["SQLITE_FULL", "full"],
  ["SQLITE_READONLY", "readonly"],
  ["SQLITE_CANTOPEN", "away"],
  ["SQLITE_IOERR", "away"],
  ["SQLITE_CORRUPT", "damaged"],
  ["SQLITE_NOTADB", "damaged"],
];

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}
