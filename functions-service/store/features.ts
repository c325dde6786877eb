import type { RawBuilder } from "kysely";
import type { ColumnTypes } from "./migrations/0001-initial.ts";

/** What keeps a database from doing what it was asked. */
export type StoreFailure =
  /** Somebody has such a row already. */
  | "taken"
  /** Another transaction is in the way; nothing was done, and trying again will go well. */
  | "conflict"
  /** It has too much to do, or took too long. */
  | "busy"
  /** No room on its disk. */
  | "full"
  /** It may be read only. */
  | "readonly"
  /** It cannot be reached. */
  | "away"
  /** Its file is not what it should be. */
  | "damaged";

/** How one kind of SQL database differs from another, as far as the stores care. */
export interface SqlFeatures {
  readonly columns: ColumnTypes;
  /** Rows as one parameter, whatever their number: something to select from, by the names of the columns. */
  rows<Name extends string>(
    rows: readonly Readonly<Record<Name, SqlValue>>[],
    columns: Readonly<Record<Name, RowType>>,
  ): RawBuilder<unknown>;
  /** Shorter ways to do what can be done with {@link rows}: for where a statement is no more than a function call. */
  readonly direct?: DirectStatements | undefined;
  /**
   * Makes other transactions that append to the journal wait until this one is over. Without it numbers would be given out twice,
   * or seen in another order than they were given. `undefined` where there is one writer at a time anyway.
   */
  readonly appendLock: RawBuilder<unknown> | undefined;
  /**
   * Begins, ends and gives up a transaction by hand, around migrations.
   * `undefined` where the migrator has a lock of its own.
   */
  readonly migrationLock: { readonly begin: RawBuilder<unknown>; readonly commit: RawBuilder<unknown> } | undefined;
  /** What a driver's error means, or `undefined` for any other. */
  failureOf(error: unknown): StoreFailure | undefined;
}

/** Statements that are run for many rows, in the transaction that is under way. */
export interface DirectStatements {
  /** Inserts those rows whose key is not there yet, and gives them, or at least their keys. */
  insertNew<Column extends string, Row extends Readonly<Record<Column, SqlValue>>, Key extends Column>(
    into: NewRows<Column, Key>,
    rows: readonly Row[],
  ): readonly Pick<Row, Key>[];
  /** Runs a statement for each row, and tells for which it changed something. */
  each(statement: string, rows: readonly (readonly SqlValue[])[]): readonly boolean[];
}

/** Where rows are inserted, and which of their columns say which one it is. */
export interface NewRows<Column extends string, Key extends Column = Column> {
  readonly table: string;
  readonly columns: readonly Column[];
  readonly key: readonly Key[];
}

/** A value in a row. */
export type SqlValue = string | number | null;

/** Types of values in {@link SqlFeatures.rows}. */
export type RowType = "text" | "number" | "integer";

export function keysOf<Name extends string>(columns: Readonly<Record<Name, unknown>>): Name[] {
  return Object.keys(columns) as Name[];
}
