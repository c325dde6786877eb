import * as fc from "fast-check";
import * as v from "valibot";
import { expect, test } from "vitest";
import { MATCH_EVALS, MATCH_TYPES, type Rule, ruleSchema } from "../../../mesh/rule.ts";
import { checkRules } from "../../../gateway/rules/check.ts";
import { compileRule } from "../../../gateway/rules/compile.ts";
import { describeRule } from "../../../gateway/rules/describe.ts";
import { explainRule } from "../../../gateway/rules/explain.ts";
import { NOW, ruleDeps } from "./rule-deps.ts";

const key = fc.constantFrom("id", "role", "n", "list", "0", "__proto__", "constructor", "length");
const path = fc
  .tuple(fc.constantFrom("args.auth", "args.params", "args.other"), fc.array(key, { maxLength: 3 }))
  .map(([root, keys]) => [root, ...keys].join("."));
const variable = fc.oneof(
  path,
  path.map((inner) => `utils.exists(${inner})`),
  path.map((inner) => `utils.length(${inner})`),
  fc.tuple(path, path).map(([outer, inner]) => `${outer}[${inner}]`),
  fc.constant("utils.now()"),
  fc.string().map((text) => `args.${text}`),
);
const scalar = fc.oneof(fc.string(), fc.integer({ min: -3, max: 3 }), fc.boolean());
const operand = fc.oneof(variable, scalar, fc.array(scalar, { maxLength: 3 }));

const leaf = fc.oneof(
  fc.constantFrom("allow", "deny", "authenticated"),
  fc.record({
    rule: fc.constant("match"),
    type: fc.constantFrom(...MATCH_TYPES),
    eval: fc.constantFrom(...MATCH_EVALS),
    f1: operand,
    f2: operand,
  }),
  fc.record({ rule: fc.constant("func"), service: fc.constant("guard"), func: fc.constantFrom("yes", "no", "fails") }),
  fc.record({ rule: fc.constant("webhook"), url: fc.constantFrom("https://yes.example/", "https://no.example/") }),
  fc.record({
    rule: fc.constant("query"),
    db: fc.constantFrom("main", "other"),
    col: fc.constantFrom("docs", "no table"),
    find: fc.dictionary(fc.string(), fc.oneof(operand, fc.jsonValue()), { noNullPrototype: true }),
  }),
  fc.record({ rule: fc.string(), anything: fc.jsonValue() }),
);
const { rule: written } = fc.letrec<{ rule: unknown }>((tie) => ({
  rule: fc.oneof(
    { maxDepth: 5, depthSize: "small" },
    leaf,
    fc.record({ rule: fc.constantFrom("and", "or"), clauses: fc.array(tie("rule"), { maxLength: 4 }) }),
  ),
}));

/** Rules as the schema lets them through. */
const rules = written
  .map((each) => v.safeParse(ruleSchema, each))
  .filter((result) => result.success)
  .map((result) => result.output);
const args = fc.record({
  auth: fc.dictionary(key, fc.jsonValue(), { noNullPrototype: true }),
  params: fc.oneof(fc.jsonValue(), fc.dictionary(key, fc.jsonValue(), { noNullPrototype: true })),
});

const deps = ruleDeps({
  call: ({ function: name }) =>
    name === "fails" ? Promise.reject(new Error("it fails")) : Promise.resolve({ ack: name === "yes" }),
  fetch: (url) => Promise.resolve(new Response(null, { status: url.includes("yes") ? 200 : 403 })),
  webhooks: { allowHosts: ["yes.example"] },
  queries: { has: (db) => db === "main", exists: () => Promise.resolve(true) },
});
const budget = { deadlineMs: NOW + 10_000 };

async function passes(rule: Rule, at: { auth: Record<string, unknown>; params: unknown }): Promise<boolean> {
  return (await compileRule(rule, deps).evaluate(at, budget)).allowed;
}

test("compiling, describing and checking never throw; evaluating never throws or rejects", async () => {
  await fc.assert(
    fc.asyncProperty(rules, args, async (rule, at) => {
      expect(typeof (await passes(rule, at))).toBe("boolean");
      expect(describeRule(rule)).toBeTypeOf("string");
      checkRules({ s: { functions: { default: { rule } } } }, { databases: ["main"], allowHosts: [] });
    }),
    { numRuns: 500 },
  );
});

test("an explanation agrees with the evaluation", async () => {
  await fc.assert(
    fc.asyncProperty(rules, args, async (rule, at) => {
      const { outcome, decidedBy } = await explainRule(rule, at, deps, budget);
      expect(outcome === "passed").toBe(await passes(rule, at));
      expect(decidedBy.outcome).toBe(outcome);
    }),
    { numRuns: 500 },
  );
});

test("and is every, or is some", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(rules, { maxLength: 4 }), args, async (clauses, at) => {
      const each = await Promise.all(clauses.map((clause) => passes(clause, at)));
      expect(await passes({ rule: "and", clauses }, at)).toBe(each.every(Boolean));
      expect(await passes({ rule: "or", clauses }, at)).toBe(each.some(Boolean));
    }),
    { numRuns: 300 },
  );
});

test("a rule of which an error was found at its root refuses whoever calls", async () => {
  await fc.assert(
    fc.asyncProperty(rules, args, async (rule, at) => {
      const found = checkRules(
        { s: { functions: { f: { rule } } } },
        { databases: ["main"], allowHosts: deps.webhooks.allowHosts },
      );
      const isHopeless = found.some(({ path, severity }) => severity === "error" && path.endsWith(".rule"));
      expect(isHopeless && (await passes(rule, at))).toBe(false);
    }),
    { numRuns: 1000 },
  );
});

test("clauses contradict each other exactly when no value passes them", async () => {
  const operator = fc.constantFrom("==", "!=", "<", "<=", ">", ">=");
  const clause = fc.record({
    rule: fc.constant("match"),
    type: fc.constant("number"),
    eval: operator,
    f1: fc.constant("args.params.n"),
    f2: fc.integer({ min: 0, max: 4 }),
  });
  const values = Array.from({ length: 13 }, (_, index) => -1 + index / 2);
  await fc.assert(
    fc.asyncProperty(fc.array(clause, { minLength: 1, maxLength: 4 }), async (clauses) => {
      const rule = v.parse(ruleSchema, { rule: "and", clauses });
      const found = checkRules({ s: { functions: { f: { rule } } } }, { databases: [], allowHosts: [] });
      const outcomes = await Promise.all(values.map((n) => passes(rule, { auth: {}, params: { n } })));
      expect(found.some(({ message }) => message.includes("contradict"))).toBe(!outcomes.includes(true));
    }),
    { numRuns: 500 },
  );
});

test("whatever is given for a rule, reading it yields a rule or issues", () => {
  fc.assert(
    fc.property(fc.anything(), (input) => {
      expect(v.safeParse(ruleSchema, input).success).toBeTypeOf("boolean");
    }),
  );
});
