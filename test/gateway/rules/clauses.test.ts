import { describe, expect, test } from "vitest";
import { MAX_RULE_DEPTH, type Rule } from "../../../mesh/rule.ts";
import { compileRule } from "../../../gateway/rules/compile.ts";
import type { CompiledRule } from "../../../gateway/rules.ts";
import { NOW, evaluate, match, parseRule, passes, ruleDeps } from "./rule-deps.ts";

const ask = (func: string): unknown => ({ rule: "func", service: "guard", func });

/** Functions `yes` and `no`, and who was asked. */
function guards(): { deps: ReturnType<typeof ruleDeps>; asked: string[] } {
  const asked: string[] = [];
  const deps = ruleDeps({
    call({ function: name }) {
      asked.push(name);
      return Promise.resolve({ ack: name === "yes" });
    },
  });
  return { deps, asked };
}

function compiled(rule: unknown): CompiledRule {
  return compileRule(parseRule(rule), ruleDeps());
}

function needsParams(...clauses: unknown[]): boolean {
  return compiled({ rule: "or", clauses }).needsParams;
}

function refusing(message?: string): unknown {
  return { rule: "deny", ...(message !== undefined && { message }) };
}

async function messageOf(rule: unknown): Promise<unknown> {
  const verdict = await evaluate(rule, {}, guards().deps);
  return verdict.allowed ? "allowed" : verdict.message;
}

function nested(levels: number): unknown {
  let rule: unknown = "allow";
  for (let level = 0; level < levels; level++) rule = { rule: "and", clauses: [rule] };
  return rule;
}

describe("and, or", () => {
  test("nothing is promised as long as nobody has to be asked", () => {
    const rule = { rule: "or", clauses: ["deny", { rule: "and", clauses: ["allow", "authenticated"] }] };
    expect(evaluate(rule)).toEqual({ allowed: true });
  });

  test("the same verdict object is handed out every time", () => {
    const rule = compiled({ rule: "and", clauses: ["deny"] });
    const budget = { deadlineMs: NOW + 1000 };
    const args = { auth: {}, params: undefined };
    expect(rule.evaluate(args, budget)).toBe(rule.evaluate(args, budget));
  });

  test("an and asks nobody after the first refusal", async () => {
    const { deps, asked } = guards();
    expect(await passes({ rule: "and", clauses: [ask("yes"), ask("no"), ask("yes")] }, {}, deps)).toBe(false);
    expect(asked).toEqual(["yes", "no"]);
  });

  test("an or asks nobody after the first that passed", async () => {
    const { deps, asked } = guards();
    expect(await passes({ rule: "or", clauses: [ask("no"), "allow", ask("yes")] }, {}, deps)).toBe(true);
    expect(asked).toEqual(["no"]);
  });

  test("clauses that wait and clauses that do not may stand in any order", async () => {
    const { deps } = guards();
    const inner = { rule: "or", clauses: ["deny", ask("no"), ask("yes")] };
    expect(await passes({ rule: "and", clauses: ["allow", inner, ask("yes"), "authenticated"] }, {}, deps)).toBe(true);
    expect(await passes({ rule: "and", clauses: [inner, "deny"] }, {}, deps)).toBe(false);
  });

  test("a clause that cannot be asked refuses, and an or goes on with the next", async () => {
    const rule = { rule: "or", clauses: [ask("anybody"), "allow"] };
    expect(await passes(rule)).toBe(true);
  });

  test("only allow itself opens a function to callers without a token", () => {
    expect(compiled("allow").isOpen).toBe(true);
    expect(compiled({ rule: "or", clauses: ["allow"] }).isOpen).toBe(false);
    expect(compiled("authenticated").isOpen).toBe(false);
  });

  test("params are needed when any clause reads them", () => {
    expect(needsParams("authenticated", match("string", "args.auth.role", "==", "admin"))).toBe(false);
    expect(needsParams({ rule: "and", clauses: [match("string", "args.params.id", "==", "x")] })).toBe(true);
    expect(needsParams(ask("yes"))).toBe(true);
  });
});

describe("message", () => {
  test.each([
    [refusing("closed"), "closed"],
    [refusing(), undefined],
    [{ rule: "and", message: "outer", clauses: ["allow", refusing("inner")] }, "inner"],
    [{ rule: "and", message: "outer", clauses: ["allow", refusing()] }, "outer"],
    [{ rule: "and", message: "outer", clauses: [{ ...(ask("no") as object), message: "asked" }] }, "asked"],
    [{ rule: "or", message: "outer", clauses: [refusing("first"), refusing("second")] }, "outer"],
    [{ rule: "or", clauses: [refusing("first"), ask("no"), refusing()] }, "first"],
    [{ rule: "or", clauses: [refusing("first"), refusing("second")] }, "second"],
    [{ rule: "ldap", message: "not yet" }, "not yet"],
  ])("of %j is %j", async (rule, message) => {
    expect(await messageOf(rule)).toBe(message);
  });
});

describe("depth", () => {
  test(`rules nest ${MAX_RULE_DEPTH} deep`, async () => {
    expect(await passes(nested(MAX_RULE_DEPTH))).toBe(true);
  });

  test.each([MAX_RULE_DEPTH + 1, 100_000])("a rule %d deep is refused by the schema", (levels) => {
    expect(() => parseRule(nested(levels))).toThrow("no deeper");
  });

  test("a rule built by hand that is too deep, or of no known type, refuses instead of throwing", () => {
    let rule: Rule = { rule: "allow" };
    for (let level = 0; level <= MAX_RULE_DEPTH; level++) rule = { rule: "or", clauses: [rule] };
    const args = { auth: {}, params: undefined };
    expect(compileRule(rule, ruleDeps()).evaluate(args, { deadlineMs: NOW })).toMatchObject({ allowed: false });
    const odd = { rule: "constructor" } as unknown as Rule;
    expect(compileRule(odd, ruleDeps()).evaluate(args, { deadlineMs: NOW })).toMatchObject({ allowed: false });
  });
});
