import * as v from "valibot";
import { isName } from "./names.ts";

/** How deep `and` and `or` may be nested. */
export const MAX_RULE_DEPTH = 64;

/** The rule types that may be written; `function` is another word for `func`. */
export const RULE_TYPES = [
  "allow",
  "deny",
  "authenticated",
  "match",
  "and",
  "or",
  "func",
  "function",
  "webhook",
  "query",
] as const;

/** How a `match` reads its two operands. */
export const MATCH_TYPES = ["string", "number", "bool", "date", "path"] as const;

/** How a `match` compares its two operands. */
export const MATCH_EVALS = ["==", "!=", ">", ">=", "<", "<=", "in", "notIn"] as const;

// The text for a refused caller: public, so it is bounded.
const message = v.optional(v.pipe(v.string(), v.nonEmpty("message is empty; leave it out instead"), v.maxLength(500)));

const name = v.pipe(v.string(), v.check(isName, "use 1 to 64 letters, digits, _ or -"));

const scalar = v.union([v.string(), v.pipe(v.number(), v.finite()), v.boolean()]);

const operand = v.union(
  [scalar, v.array(scalar)],
  "an operand is a text, a number, true, false or a list of these; variables are texts such as args.auth.role",
);

const openRuleSchema = v.strictObject({ rule: v.picklist(["allow", "authenticated"]), message });

// Not strict: whatever else stands there, nobody passes, and switching a rule off by its first word is a habit.
const denyRuleSchema = v.object({ rule: v.literal("deny"), message });

const matchRuleSchema = v.strictObject({
  rule: v.literal("match"),
  type: v.picklist(MATCH_TYPES, (issue) => `type ${issue.received} is not known; use ${MATCH_TYPES.join(", ")}`),
  eval: v.picklist(MATCH_EVALS, (issue) => `eval ${issue.received} is not known; use ${MATCH_EVALS.join(" ")}`),
  f1: operand,
  f2: operand,
  message,
});

const queryRuleSchema = v.strictObject({
  rule: v.literal("query"),
  db: v.pipe(v.string(), v.nonEmpty()),
  col: v.pipe(v.string(), v.nonEmpty()),
  find: v.custom<Readonly<Record<string, unknown>>>(isRecord, "find is an object such as { owner: args.auth.id }"),
  message,
});

const funcRuleSchema = v.pipe(
  v.strictObject({
    rule: v.picklist(["func", "function"]),
    service: name,
    func: v.optional(name),
    function: v.optional(name),
    message,
  }),
  v.check((rule) => (rule.func === undefined) !== (rule.function === undefined), "name the function once, as func"),
  v.transform(({ service, func, function: alias, message }) => ({
    rule: "func" as const,
    service,
    func: func ?? alias ?? "",
    ...(message !== undefined && { message }),
  })),
);

const webhookRuleSchema = v.strictObject({
  rule: v.literal("webhook"),
  url: v.pipe(v.string(), v.url("url is not a URL; write it in full, as https://hooks.example.com/check")),
  message,
});

// Configurations of 2019 hold types of other versions. They are kept by name, never pass, and `fmesh rules check`
// reports them; refusing the whole file would take working functions down with them.
const unknownRuleSchema = v.pipe(
  v.looseObject({ rule: v.string(), type: v.optional(v.unknown()), message }),
  v.transform(({ rule, type, message }) => ({
    rule: "unknown" as const,
    type: rule === "unknown" && typeof type === "string" ? type : rule,
    ...(message !== undefined && { message }),
  })),
);

/** `allow`, `deny` or `authenticated`. */
export type PlainRule = Readonly<v.InferOutput<typeof openRuleSchema | typeof denyRuleSchema>>;
/** Compares two operands. */
export type MatchRule = Readonly<v.InferOutput<typeof matchRuleSchema>>;
/** Passes when a row exists. */
export type QueryRule = Readonly<v.InferOutput<typeof queryRuleSchema>>;
/** Passes when a function answers `{"ack": true}`. */
export type FuncRule = Readonly<v.InferOutput<typeof funcRuleSchema>>;
/** Passes when a URL answers 2xx. */
export type WebhookRule = Readonly<v.InferOutput<typeof webhookRuleSchema>>;
/** A type nobody knows (`type` is what was written): never passes. */
export type UnknownRule = Readonly<v.InferOutput<typeof unknownRuleSchema>>;
/** Passes when all (`and`) or any (`or`) of the clauses pass. */
export interface ClausesRule {
  readonly rule: "and" | "or";
  readonly clauses: readonly Rule[];
  readonly message?: string | undefined;
}

/** Who may call a function. */
export type Rule = PlainRule | MatchRule | QueryRule | FuncRule | WebhookRule | ClausesRule | UnknownRule;

const SCHEMAS = new Map<unknown, v.GenericSchema<unknown, Rule>>([
  ["allow", openRuleSchema],
  ["deny", denyRuleSchema],
  ["authenticated", openRuleSchema],
  ["match", matchRuleSchema],
  ["query", queryRuleSchema],
  ["func", funcRuleSchema],
  ["function", funcRuleSchema],
  ["webhook", webhookRuleSchema],
]);

const bareRuleSchema = v.pipe(
  v.picklist(
    ["allow", "deny", "authenticated"],
    (issue) => `rule ${issue.received} cannot be written as one word; the words are allow, deny and authenticated`,
  ),
  v.transform((rule): PlainRule => ({ rule })),
);

const noRuleSchema = v.custom<Rule>(
  isRecord,
  "a rule is an object with a field rule, or the word allow, deny or authenticated",
);

const anyRuleSchema: v.GenericSchema<unknown, Rule> = v.lazy((input) => {
  if (typeof input === "string") return bareRuleSchema;
  if (!isRecord(input)) return noRuleSchema;
  const type = input["rule"];
  return type === "and" || type === "or" ? clausesRuleSchema : (SCHEMAS.get(type) ?? unknownRuleSchema);
});

const clausesRuleSchema: v.GenericSchema<unknown, ClausesRule> = v.strictObject({
  rule: v.picklist(["and", "or"]),
  clauses: v.array(anyRuleSchema),
  message,
});

/**
 * Reads a rule as people write it: the object, or the bare word `allow`, `deny` or `authenticated`. The output is the
 * one canonical form; reading that again yields the same.
 */
export const ruleSchema: v.GenericSchema<unknown, Rule> = v.pipe(
  v.unknown(),
  v.check((input) => isWithinDepth(input, MAX_RULE_DEPTH), `rules may be nested ${MAX_RULE_DEPTH} deep, no deeper`),
  anyRuleSchema,
);

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

// Level by level instead of recursively: this is what keeps the recursive schema from running out of stack.
function isWithinDepth(rule: unknown, max: number): boolean {
  let level = [rule];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > max) return false;
    level = level.flatMap((each): unknown[] => {
      const clauses: unknown = isRecord(each) ? each["clauses"] : undefined;
      return Array.isArray(clauses) ? clauses : [];
    });
  }
  return true;
}
