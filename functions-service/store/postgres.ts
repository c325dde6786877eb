import { sql } from "kysely";
import { type RowType, type SqlFeatures, type StoreFailure, keysOf } from "./features.ts";

/** Number of the lock that those who append to the journal take in turn: any, but the same for all of them. */
const APPEND_LOCK = 7_305_418_116;

/** What PostgreSQL does in its own way. */
export const postgresFeatures: SqlFeatures = {
  columns: { name: sql`text collate "C"` },
  rows(rows, columns) {
    const fields = keysOf(columns).map((name) => sql`${sql.ref(name)} ${sql.raw(TYPES[columns[name]])}`);
    return sql`json_to_recordset(${JSON.stringify(rows)}::json) as rows(${sql.join(fields)})`;
  },
  appendLock: sql`select pg_advisory_xact_lock(${sql.lit(APPEND_LOCK)})`,
  migrationLock: undefined,
  failureOf(error) {
    const code = codeOf(error);
    return FAILURES.find(([start]) => code.startsWith(start))?.[1] ?? (isHungUp(error) ? "away" : undefined);
  },
};

const TYPES = { text: "text", number: "double precision", integer: "bigint" } as const satisfies Record<
  RowType,
  string
>;

/** By the beginnings of SQLSTATEs (https://www.postgresql.org/docs/current/errcodes-appendix.html) and of system errors. */
const FAILURES: readonly (readonly [string, StoreFailure])[] = [
  ["23505", "taken"],
  ["40001", "conflict"],
  ["40P01", "conflict"],
  ["55P03", "conflict"],
  ["57014", "busy"],
  ["53300", "busy"],
  ["53", "full"],
  ["25006", "readonly"],
  ["57P", "away"],
  ["08", "away"],
  ["XX001", "damaged"],
  ["XX002", "damaged"],
  ["ECONN", "away"],
  ["ENOTFOUND", "away"],
  ["EAI_AGAIN", "away"],
  ["ETIMEDOUT", "away"],
  ["EHOSTUNREACH", "away"],
  ["ENETUNREACH", "away"],
  ["EPIPE", "away"],
];

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}

// The driver has no codes for what it finds out itself.
function isHungUp(error: unknown): boolean {
  return (
    error instanceof Error &&
    /^Connection terminated|^timeout exceeded when trying to connect|not queryable/.test(error.message)
  );
}
