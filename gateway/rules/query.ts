import type { AskBudget } from "./deadline.ts";

/** A value that may stand in a condition. */
export type Scalar = string | number | boolean | null;

/** What a row has to be like. Values are data, in places of their own: they cannot become part of the condition. */
export type Condition =
  | { readonly kind: "all" | "any"; readonly conditions: readonly Condition[] }
  | { readonly kind: "compare"; readonly column: string; readonly operator: CompareOperator; readonly value: Scalar }
  | { readonly kind: "in" | "notIn"; readonly column: string; readonly values: readonly Scalar[] };

/** Comparison as SQL writes it. */
export type CompareOperator = "=" | "<>" | ">" | ">=" | "<" | "<=";

/** What a `query` rule asks a database. */
export interface RowQuery {
  /** The database's name in the configuration. */
  readonly db: string;
  /** The table's name, perhaps with its schema: `orders`, `shop.orders`. Checked against the grammar of names. */
  readonly collection: string;
  readonly find: Condition;
}

/** The databases `query` rules may ask. */
export interface QueryPort {
  /** Whether a database of this name is configured. */
  has(db: string): boolean;
  /** Whether there is such a row. Rejects when the database cannot tell. */
  exists(query: RowQuery, budget: AskBudget): Promise<boolean>;
}
