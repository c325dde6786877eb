import type { Rule } from "../../mesh/rule.ts";

/** The kinds of rules that the builder knows. */
export const KINDS = [
  { value: "allow", label: "Everybody", note: "allow" },
  { value: "authenticated", label: "Everybody with a valid token", note: "authenticated" },
  { value: "deny", label: "Nobody", note: "deny" },
  { value: "match", label: "A comparison holds", note: "match" },
  { value: "and", label: "All of …", note: "and" },
  { value: "or", label: "Any of …", note: "or" },
  { value: "func", label: "A function agrees", note: "func" },
  { value: "webhook", label: "A URL agrees", note: "webhook" },
  { value: "query", label: "A row exists", note: "query" },
] as const;

/** One of the kinds. */
export type Kind = (typeof KINDS)[number]["value"];

const STARTS: Readonly<Record<Kind, Rule>> = {
  allow: { rule: "allow" },
  authenticated: { rule: "authenticated" },
  deny: { rule: "deny" },
  match: { rule: "match", type: "string", eval: "==", f1: "args.auth.role", f2: "admin" },
  and: { rule: "and", clauses: [{ rule: "authenticated" }] },
  or: { rule: "or", clauses: [{ rule: "authenticated" }] },
  func: { rule: "func", service: "", func: "" },
  webhook: { rule: "webhook", url: "https://" },
  query: { rule: "query", db: "", col: "", find: {} },
};

/** A rule turned into one of another kind: its message stays, and clauses do; what becomes a group keeps it as its first clause. */
export function changeKind(rule: Rule, kind: Kind): Rule {
  const { message } = rule;
  const start = STARTS[kind];
  const kept = message === undefined ? start : { ...start, message };
  if (kind !== "and" && kind !== "or") return kept;
  if (rule.rule === "and" || rule.rule === "or") return { ...rule, rule: kind };
  const isWorthKeeping = !["allow", "deny", "authenticated"].includes(rule.rule);
  return isWorthKeeping ? { rule: kind, clauses: [rule] } : kept;
}

/** How values are compared, by their type. */
export const EVALS = {
  string: ["==", "!=", "in", "notIn"],
  number: ["==", "!=", "<", "<=", ">", ">=", "in", "notIn"],
  bool: ["==", "!="],
  date: ["==", "!=", "<", "<=", ">", ">="],
  path: ["==", "!=", "in", "notIn"],
} as const;

/** What comparisons are called. */
export const EVAL_WORDS: Readonly<Record<string, string>> = {
  "==": "is",
  "!=": "is not",
  "<": "is less than",
  "<=": "is at most",
  ">": "is more than",
  ">=": "is at least",
  in: "is one of",
  notIn: "is none of",
};

/** Whom a rule would ask, as `explain` names them. */
export function askedBy(rule: Rule | undefined): string[] {
  switch (rule?.rule) {
    case "and":
    case "or":
      return Array.isArray(rule.clauses) ? rule.clauses.flatMap(askedBy) : [];
    case "func":
      return [`func ${rule.service}.${rule.func}`];
    case "webhook":
      return [`webhook ${rule.url}`];
    case "query":
      return [`query ${rule.db}.${rule.col}`];
    default:
      return [];
  }
}
