import { expect, test } from "vitest";
import { compileRule } from "../../../gateway/rules/compile.ts";
import { createRuleSelector } from "../../../gateway/rules/select.ts";
import type { Rule } from "../../../mesh/rule.ts";
import { ruleDeps } from "./rule-deps.ts";

// The message says which rule was chosen.
const named = (message: string): { rule: Rule } => ({ rule: { rule: "deny", message } });

const selector = createRuleSelector(
  {
    arithmetic: { functions: { sum: named("arithmetic.sum"), default: named("arithmetic.default") } },
    strict: { functions: { only: named("strict.only"), empty: {} } },
    hollow: {},
    bare: { functions: {} },
    default: { functions: { sum: named("default.sum"), default: named("default.default") } },
  },
  (rule) => compileRule(rule, ruleDeps()),
);

test.each([
  ["arithmetic", "sum", "arithmetic.sum"],
  ["arithmetic", "divide", "arithmetic.default"],
  ["arithmetic", "default", "arithmetic.default"],
  ["strict", "only", "strict.only"],
  ["strict", "sum", undefined],
  ["strict", "empty", undefined],
  ["bare", "sum", undefined],
  ["hollow", "sum", "default.sum"],
  ["unknown", "sum", "default.sum"],
  ["unknown", "other", "default.default"],
  ["functions", "fetch", undefined],
  ["builder", "build", undefined],
  ["deployer", "deploy", undefined],
  ["default", "sum", "default.sum"],
  ["default", "other", "default.default"],
])("%s.%s is decided by %s", (service, name, expected) => {
  expect(selector.select(service, name)?.source.message).toBe(expected);
});

test.each(["constructor", "__proto__", "toString", "hasOwnProperty"])("%s is a name like any other", (name) => {
  const few = createRuleSelector({ strict: { functions: { only: named("only") } } }, (rule) =>
    compileRule(rule, ruleDeps()),
  );
  expect(few.select("strict", name)).toBeUndefined();
  expect(few.select(name, "only")).toBeUndefined();
  expect(few.select(name, name)).toBeUndefined();
});

test("without a service default, what is not configured is refused", () => {
  const none = createRuleSelector({}, (rule) => compileRule(rule, ruleDeps()));
  expect(none.select("arithmetic", "sum")).toBeUndefined();
});

test("each rule is compiled once, before the first call", () => {
  let compiled = 0;
  const counting = createRuleSelector({ a: { functions: { b: named("b"), default: named("c") } } }, (rule) => {
    compiled++;
    return compileRule(rule, ruleDeps());
  });
  expect(compiled).toBe(2);
  expect(counting.select("a", "b")).toBe(counting.select("a", "b"));
  expect(compiled).toBe(2);
});
