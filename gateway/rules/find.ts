import type { RuleArgs } from "../rules.ts";
import { quote } from "./operand.ts";
import type { CompareOperator, Condition, Scalar } from "./query.ts";
import { type Variable, isVariable, parseVariable } from "./variable.ts";

/** A `find` object, parsed once. */
export interface Find {
  readonly readsParams: boolean;
  /** What is wrong with it; with any of these it must not be bound. */
  readonly problems: readonly string[];
  /** Why there is no condition for these arguments: a variable that is missing or holds no single value. */
  unbound(args: RuleArgs): string | undefined;
  /**
   * A condition of its own for these arguments.
   * @throws Error when a variable is not bound; ask `unbound` first.
   */
  bind(args: RuleArgs): Condition;
}

type Bind = (args: RuleArgs) => Condition;

/** A column: plain, so that it needs no escaping anywhere. */
const COLUMN = /^[A-Za-z_][A-Za-z0-9_]{0,62}$/;
const COLLECTION = /^[A-Za-z_][A-Za-z0-9_]{0,62}(?:\.[A-Za-z_][A-Za-z0-9_]{0,62})?$/;
const MAX_DEPTH = 16;

const COMPARE: ReadonlyMap<string, CompareOperator> = new Map([
  ["$eq", "="],
  ["$ne", "<>"],
  ["$gt", ">"],
  ["$gte", ">="],
  ["$lt", "<"],
  ["$lte", "<="],
]);

/** Whether a text is the name of a table, perhaps with its schema. */
export function isCollectionName(text: string): boolean {
  return COLLECTION.test(text);
}

/** Parses a `find` object. Operators are taken from its own text only, never from what a variable holds. */
export function compileFind(find: Readonly<Record<string, unknown>>, now: () => number): Find {
  const compiler = new FindCompiler(now);
  const bind = compiler.object(find, 0);
  const { variables, problems } = compiler;
  return {
    readsParams: variables.some((variable) => variable.readsParams),
    problems,
    unbound(args) {
      const variable = variables.find((each) => !isScalar(each.read(args)));
      return variable === undefined ? undefined : describeUnbound(variable, args);
    },
    bind,
  };
}

class FindCompiler {
  readonly problems: string[] = [];
  readonly variables: Variable[] = [];
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  object(find: unknown, depth: number): Bind {
    if (depth > MAX_DEPTH) return this.#problem(`find is nested deeper than ${MAX_DEPTH}`);
    if (!isObject(find))
      return this.#problem(`${quote(find)} in find is not an object such as { owner: args.auth.id }`);
    return all(
      "all",
      Object.entries(find).map(([key, value]) => {
        if (key === "$and" || key === "$or") return this.#clauses(key, value, depth);
        return COLUMN.test(key)
          ? this.#column(key, value)
          : this.#problem(`${quote(key)} in find is not a column name`);
      }),
    );
  }

  #clauses(key: "$and" | "$or", value: unknown, depth: number): Bind {
    if (!Array.isArray(value)) return this.#problem(`${key} in find is not a list`);
    const kind = key === "$and" ? "all" : "any";
    return all(
      kind,
      value.map((each) => this.object(each, depth + 1)),
    );
  }

  #column(column: string, value: unknown): Bind {
    if (!isObject(value)) return this.#compare(column, "=", value);
    const operators = Object.entries(value);
    if (operators.length === 0) return this.#problem(`${quote(column)} in find is an empty object`);
    return all(
      "all",
      operators.map(([name, operand]) => {
        const operator = COMPARE.get(name);
        if (operator !== undefined) return this.#compare(column, operator, operand);
        if (name === "$in" || name === "$nin") return this.#list(column, name, operand);
        return this.#problem(
          `${quote(name)} of ${quote(column)} in find is not known; use ${[...COMPARE.keys()].join(" ")} $in $nin`,
        );
      }),
    );
  }

  #compare(column: string, operator: CompareOperator, operand: unknown): Bind {
    const value = this.#value(column, operand);
    return (args) => ({ kind: "compare", column, operator, value: value(args) });
  }

  #list(column: string, name: "$in" | "$nin", operand: unknown): Bind {
    if (!Array.isArray(operand)) return this.#problem(`${name} of ${quote(column)} in find is not a list`);
    const values = operand.map((each) => this.#value(column, each));
    const kind = name === "$in" ? "in" : "notIn";
    return (args) => ({ kind, column, values: values.map((value) => value(args)) });
  }

  #value(column: string, operand: unknown): (args: RuleArgs) => Scalar {
    if (typeof operand !== "string" || !isVariable(operand)) {
      if (!isScalar(operand)) this.problems.push(`${quote(operand)} of ${quote(column)} in find is no single value`);
      return () => (isScalar(operand) ? operand : null);
    }
    const variable = parseVariable(operand, this.#now);
    if (variable === undefined) {
      this.problems.push(`${quote(operand)} in find is not a variable such as args.auth.id`);
      return () => null;
    }
    this.variables.push(variable);
    return (args) => {
      const value = variable.read(args);
      if (isScalar(value)) return value;
      throw new Error(describeUnbound(variable, args));
    };
  }

  #problem(text: string): Bind {
    this.problems.push(text);
    return () => ({ kind: "any", conditions: [] });
  }
}

function describeUnbound(variable: Variable, args: RuleArgs): string {
  return `${variable.text} is ${variable.read(args) === undefined ? "missing" : "not a single value"}`;
}

function all(kind: "all" | "any", binds: readonly Bind[]): Bind {
  return (args) => ({ kind, conditions: binds.map((bind) => bind(args)) });
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isScalar(value: unknown): value is Scalar {
  if (typeof value === "number") return Number.isFinite(value);
  return value === null || typeof value === "string" || typeof value === "boolean";
}
