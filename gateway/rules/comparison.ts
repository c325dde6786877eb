import type { MatchRule } from "../../mesh/rule.ts";

/** What values of a match type are compared as. */
export type Comparable = string | number | boolean;

interface MatchType {
  readonly title: string;
  readonly evals: readonly MatchRule["eval"][];
  /** The value to compare with, or `undefined` for a value of another type: nothing is coerced. */
  readonly parse: (value: unknown) => Comparable | undefined;
  /** Whether an element of a list takes in a value. Default: when they are the same. */
  readonly covers?: (element: Comparable, value: Comparable) => boolean;
}

/** What each type of a match takes and which comparisons it knows. */
export const COMPARISONS: Readonly<Record<MatchRule["type"], MatchType>> = {
  string: {
    title: "a text",
    evals: ["==", "!=", "in", "notIn"],
    parse: (value) => (typeof value === "string" ? value : undefined),
  },
  number: {
    title: "a number",
    evals: ["==", "!=", ">", ">=", "<", "<=", "in", "notIn"],
    parse: (value) => (typeof value === "number" && Number.isFinite(value) ? value : undefined),
  },
  bool: {
    title: "true or false",
    evals: ["==", "!="],
    parse: (value) => (typeof value === "boolean" ? value : undefined),
  },
  date: {
    title: "a date (RFC 3339 text, or milliseconds since 1970)",
    evals: ["==", "!=", ">", ">=", "<", "<="],
    parse: parseDate,
  },
  path: {
    title: "a path (/reports/2026, without //, . and ..)",
    evals: ["==", "!=", "in", "notIn"],
    parse: parsePath,
    covers: (above, path) => path === above || String(path).startsWith(above === "/" ? "/" : `${String(above)}/`),
  },
};

/** Compares two values of one type. Lists are for `in` and `notIn`, as the right value only. */
export function compare(
  { type, eval: operator }: Pick<MatchRule, "type" | "eval">,
  left: Comparable,
  right: Comparable | readonly Comparable[],
): boolean {
  if (isList(right)) {
    const { covers } = COMPARISONS[type];
    const isIn = covers === undefined ? right.includes(left) : right.some((element) => covers(element, left));
    return operator === "in" ? isIn : operator === "notIn" && !isIn;
  }
  switch (operator) {
    case "==":
      return left === right;
    case "!=":
      return left !== right;
    case ">":
      return left > right;
    case ">=":
      return left >= right;
    case "<":
      return left < right;
    case "<=":
      return left <= right;
    case "in":
    case "notIn":
      return false;
    default:
      return false;
  }
}

/** Reads the right side of a comparison: a value, or a list of those elements that are of the type. */
export function parseRight(
  rule: Pick<MatchRule, "type" | "eval">,
  value: unknown,
): Comparable | readonly Comparable[] | undefined {
  const { parse } = COMPARISONS[rule.type];
  if (rule.eval !== "in" && rule.eval !== "notIn") return parse(value);
  if (!Array.isArray(value)) return undefined;
  return value.map((each) => parse(each)).filter((each) => each !== undefined);
}

function isList(value: Comparable | readonly Comparable[]): value is readonly Comparable[] {
  return Array.isArray(value);
}

const DATE = /^\d{4}-\d\d-\d\d(?:[Tt]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d))?$/;

function parseDate(value: unknown): number | undefined {
  if (typeof value === "number") return Number.isFinite(value) ? value : undefined;
  // Date.parse alone also takes dates in local time and in prose, which differ from machine to machine.
  if (typeof value !== "string" || !DATE.test(value)) return undefined;
  const time = Date.parse(value.toUpperCase());
  return Number.isNaN(time) ? undefined : time;
}

// Whoever reads them otherwise, as a file system does, would end up elsewhere.
const AMBIGUOUS_PATH = /\/\/|\/\.{1,2}(?:\/|$)|[\\\p{Cc}]/u;

/** A path without the slash at its end: most servers take the two for the same. */
function parsePath(value: unknown): string | undefined {
  if (typeof value !== "string" || !value.startsWith("/") || AMBIGUOUS_PATH.test(value)) return undefined;
  return value.length > 1 && value.endsWith("/") ? value.slice(0, -1) : value;
}
