import { sizeOf } from "../terminal/live-block.ts";
import { printable } from "../terminal/printable.ts";
import { type Style, styleFor } from "../terminal/style.ts";
import { type Column, table } from "../terminal/table.ts";

/** What a table of things of the API is. */
export interface Listing<Row> {
  readonly columns: readonly Column<Row>[];
  /** Whether a row is set off. */
  readonly isBad?: (row: Row) => boolean;
  /** Said instead of a table without rows. */
  readonly empty: string;
}

/** Prints rows as a table that fits the terminal. */
export function printTable<Row>({ columns, isBad, empty }: Listing<Row>, rows: readonly Row[]): void {
  const style: Style = styleFor(process.stdout.isTTY, process.env);
  if (rows.length === 0) {
    process.stderr.write(`${empty}\n`);
    return;
  }
  const width = process.stdout.isTTY ? sizeOf(process.stdout.columns) : Number.POSITIVE_INFINITY;
  const [titles = "", ...lines] = table(columns, rows, width);
  const shown = lines.map((line, index) => {
    const row = rows[index];
    return row !== undefined && isBad?.(row) === true ? style.red(line) : line;
  });
  printLines([style.dim(titles), ...shown]);
}

/** Prints facts below each other; those that are not known are left out. */
export function printFacts(facts: Readonly<Record<string, string | undefined>>): void {
  const known = Object.entries(facts).filter(
    (fact): fact is [string, string] => fact[1] !== undefined && fact[1] !== "",
  );
  const width = Math.max(...known.map(([name]) => name.length));
  printLines(known.map(([name, value]) => `${name.padEnd(width)}  ${printable(value)}`));
}

/** Prints a document for programs. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, undefined, 2)}\n`);
}

export function printLines(lines: readonly string[]): void {
  process.stdout.write(`${lines.join("\n")}\n`);
}
