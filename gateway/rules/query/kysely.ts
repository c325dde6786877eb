import { type QueryExecutorProvider, type RawBuilder, type SqlBool, sql } from "kysely";
import type { Condition, QueryPort } from "../query.ts";

/**
 * Asks SQL databases through ready Kysely instances, by the names the configuration gives them. Give their pools a
 * statement timeout: a rule stops waiting at its deadline, but the database does not know.
 */
export function kyselyQueries(databases: ReadonlyMap<string, QueryExecutorProvider>): QueryPort {
  return {
    has: (db) => databases.has(db),
    async exists({ db, collection, find }, { signal }) {
      const database = databases.get(db);
      if (database === undefined) throw new Error(`database "${db}" is not configured; add it to databases`);
      const query = sql`select 1 as found from ${sql.table(collection)} where ${toSql(find)} limit 1`;
      try {
        return (await query.execute(database, { signal })).rows.length > 0;
      } catch (error) {
        throw new Error(`database "${db}" could not look into "${collection}"${codeOf(error)}`, { cause: error });
      }
    },
  };
}

function toSql(condition: Condition): RawBuilder<SqlBool> {
  switch (condition.kind) {
    case "all":
      return join(condition.conditions, { separator: sql` and `, empty: sql`1 = 1` });
    case "any":
      return join(condition.conditions, { separator: sql` or `, empty: sql`1 = 0` });
    case "compare":
      return compareToSql(condition);
    case "in":
    case "notIn":
      return listToSql(condition);
    default:
      return sql`1 = 0`;
  }
}

// An empty list is no valid SQL.
function listToSql({ kind, column, values }: Extract<Condition, { kind: "in" | "notIn" }>): RawBuilder<SqlBool> {
  if (values.length === 0) return kind === "in" ? sql`1 = 0` : sql`1 = 1`;
  return sql`${sql.ref(column)} ${sql.raw(kind === "in" ? "in" : "not in")} (${sql.join(values)})`;
}

function join(
  conditions: readonly Condition[],
  { separator, empty }: { separator: RawBuilder<unknown>; empty: RawBuilder<SqlBool> },
): RawBuilder<SqlBool> {
  return conditions.length === 0 ? empty : sql`(${sql.join(conditions.map(toSql), separator)})`;
}

function compareToSql({ column, operator, value }: Extract<Condition, { kind: "compare" }>): RawBuilder<SqlBool> {
  const ref = sql.ref(column);
  // In SQL nothing equals null, and nothing differs from it either.
  if (value === null && operator === "=") return sql`${ref} is null`;
  if (value === null && operator === "<>") return sql`${ref} is not null`;
  return sql`${ref} ${sql.raw(operator)} ${value}`;
}

// SQLSTATE or SQLite's code: the vendor's text may quote the values that were looked for.
function codeOf(error: unknown): string {
  const code = typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
  return typeof code === "string" ? ` (${code})` : "";
}
