import type { Database } from "bun:sqlite";
import type { DirectStatements, NewRows, SqlValue } from "../store/features.ts";

/** Rows of one statement: so many that to begin one does not count. */
const TOGETHER = 50;

/** Statements past Kysely, which takes longer to run one than SQLite does. It has this one connection: the transaction is the same. */
export function directStatements(database: Database): DirectStatements {
  const insert = <Column extends string, Row extends RowOf<Column>, Key extends Column>(
    into: NewRows<Column, Key>,
    rows: readonly Row[],
  ): readonly Pick<Row, Key>[] => {
    const { changes, lastInsertRowid } = database
      .prepare(insertion(into, rows.length))
      .run(...valuesOf(rows, into.columns));
    if (changes === rows.length) return rows;
    if (changes === 0) return [];
    // They are numbered one after the other, and after all that were there.
    const inserted = database.prepare(`select ${into.key.join(", ")} from ${into.table} where rowid > ?`);
    // As they were selected.
    return inserted.all(Number(lastInsertRowid) - changes) as Pick<Row, Key>[];
  };
  return {
    insertNew(into, rows) {
      // Few are inserted one by one: each number of rows is a statement of its own, to be kept.
      const few = rows.length % TOGETHER;
      const many = Array.from({ length: (rows.length - few) / TOGETHER }, (_, place) =>
        insert(into, rows.slice(place * TOGETHER, (place + 1) * TOGETHER)),
      );
      return [...many.flat(), ...rows.slice(rows.length - few).flatMap((row) => insert(into, [row]))];
    },
    each(statement, rows) {
      const prepared = database.prepare(statement);
      return rows.map((row) => prepared.run(...row).changes > 0);
    },
  };
}

type RowOf<Column extends string> = Readonly<Record<Column, SqlValue>>;

/**
 * Whatever else is wrong with a row, those before it stay, and are given up with the transaction: to be able to take them back
 * SQLite would keep a copy of each page that the statement changes.
 */
function insertion({ table, columns, key }: NewRows<string>, count: number): string {
  const row = `(${columns.map(() => "?").join(", ")})`;
  return `insert or fail into ${table} (${columns.join(", ")})
    values ${Array.from({ length: count }, () => row).join(", ")} on conflict (${key.join(", ")}) do nothing`;
}

function valuesOf<Column extends string>(rows: readonly RowOf<Column>[], columns: readonly Column[]): SqlValue[] {
  const values: SqlValue[] = [];
  for (const row of rows) for (const column of columns) values.push(row[column]);
  return values;
}
