import type { MatchRule, QueryRule, Rule } from "../../mesh/rule.ts";
import { quote } from "./operand.ts";
import { isVariable } from "./variable.ts";

type Operand = MatchRule["f1"];

const CLAIMS = "args.auth.";
const PARAMS = "args.params.";

/** A rule in words: `callers whose role is "admin", or callers with …`. */
export function describeRule(rule: Rule): string {
  if (rule.rule === "allow") return "everybody, without a token";
  return describe(rule);
}

function describe(rule: Rule): string {
  switch (rule.rule) {
    case "allow":
    case "authenticated":
      return "callers with a valid token";
    case "deny":
      return "nobody";
    case "unknown":
      return `nobody (rule type ${quote(rule.type)} is not known)`;
    case "match":
      return describeMatch(rule);
    case "func":
      return `callers for whom the function ${rule.service}.${rule.func} answers ack: true`;
    case "webhook":
      return `callers whom ${hostOf(rule.url)} confirms`;
    case "query":
      return `callers for whom ${quote(rule.db)} holds a row of ${quote(rule.col)} ${describeFind(rule)}`;
    case "and":
    case "or":
      return describeClauses(rule.rule, rule.clauses);
    default:
      return "nobody";
  }
}

function describeClauses(kind: "and" | "or", clauses: readonly Rule[]): string {
  if (clauses.length === 0) return kind === "and" ? "callers with a valid token" : "nobody";
  const parts = clauses.map((clause) => {
    const isMixed =
      (clause.rule === "and" || clause.rule === "or") && clause.rule !== kind && clause.clauses.length > 1;
    return isMixed ? `(${describe(clause)})` : describe(clause);
  });
  return parts.join(kind === "and" ? " that are also " : ", or ");
}

const VERBS: Readonly<Record<MatchRule["eval"], string>> = {
  "==": "is",
  "!=": "is not",
  ">": "is more than",
  ">=": "is at least",
  "<": "is less than",
  "<=": "is at most",
  in: "is one of",
  notIn: "is none of",
};

const PATH_VERBS: Readonly<Partial<typeof VERBS>> = { in: "is within", notIn: "is outside of" };

function describeMatch({ type, f1, f2, eval: operator }: MatchRule): string {
  const list = claimOf(f2);
  if (operator === "in" && list !== undefined) return `callers whose ${list} hold ${operand(f1)}`;
  // "the role is admin" reads better than "admin is the role".
  const isTurned = (operator === "==" || operator === "!=") && !isNamed(f1) && isNamed(f2);
  const [left, right] = isTurned ? [f2, f1] : [f1, f2];
  const existence = describeExistence(left, right, operator);
  if (existence !== undefined) return existence;
  const claim = claimOf(left);
  const subject = claim === undefined ? `when ${operand(left)}` : `whose ${claim}`;
  const verb = (type === "path" && PATH_VERBS[operator]) || VERBS[operator];
  return `callers ${subject} ${verb} ${operand(right)}`;
}

function describeExistence(left: Operand, right: Operand, operator: string): string | undefined {
  const path = typeof left === "string" ? /^utils\.exists\((.*)\)$/.exec(left)?.[1] : undefined;
  if (path === undefined || typeof right !== "boolean") return undefined;
  const isGiven = (operator === "==") === right;
  const claim = claimOf(path);
  return claim === undefined
    ? `callers when ${operand(path)} is ${isGiven ? "given" : "not given"}`
    : `callers ${isGiven ? "with" : "without"} ${claim}`;
}

function operand(value: Operand): string {
  if (Array.isArray(value)) return value.map((each) => quote(each)).join(", ");
  if (typeof value !== "string" || !isVariable(value)) return quote(value);
  if (value === "utils.now()") return "the time now";
  const length = /^utils\.length\((.*)\)$/.exec(value)?.[1];
  if (length !== undefined) return `the length of ${operand(length)}`;
  const claim = claimOf(value);
  if (claim !== undefined) return `the caller's ${claim}`;
  return value.startsWith(PARAMS) ? `the request's ${value.slice(PARAMS.length)}` : value;
}

function describeFind({ find }: QueryRule): string {
  const columns = Object.entries(find);
  if (columns.length === 0) return "at all";
  const parts = columns.map(([column, value]) =>
    typeof value === "string" ? `${column} is ${operand(value)}` : `${column} fits ${quote(value)}`,
  );
  return `where ${parts.join(" and ")}`;
}

// Without the path: it may hold a key that the webhook's owner gave out.
function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : quote(url);
}

/** The name of the claim that a variable stands for. */
function claimOf(value: Operand): string | undefined {
  return typeof value === "string" && value.startsWith(CLAIMS) ? value.slice(CLAIMS.length) : undefined;
}

function isNamed(value: Operand): boolean {
  return typeof value === "string" && isVariable(value);
}
