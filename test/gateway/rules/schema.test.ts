import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { ruleSchema } from "../../../mesh/rule.ts";
import { match, parseRule } from "./rule-deps.ts";

const isRole = match("string", "args.auth.role", "==", "admin");

describe("a rule is read", () => {
  test.each([
    ["allow", { rule: "allow" }],
    ["authenticated", { rule: "authenticated" }],
    [
      { rule: "deny", message: "closed" },
      { rule: "deny", message: "closed" },
    ],
    [{ ...isRole, rule: "deny" }, { rule: "deny" }],
    [
      { rule: "function", service: "a", func: "b" },
      { rule: "func", service: "a", func: "b" },
    ],
    [
      { rule: "func", service: "a", function: "b" },
      { rule: "func", service: "a", func: "b" },
    ],
    [
      { rule: "ldap", group: "x" },
      { rule: "unknown", type: "ldap" },
    ],
    [
      { rule: "or", clauses: ["deny", isRole] },
      { rule: "or", clauses: [{ rule: "deny" }, isRole] },
    ],
    [
      { rule: "webhook", url: "https://hooks.example.com/x" },
      { rule: "webhook", url: "https://hooks.example.com/x" },
    ],
  ])("%j as %j", (written, rule) => {
    expect(parseRule(written)).toEqual(rule);
    expect(parseRule(parseRule(written))).toEqual(rule);
  });
});

describe("a rule that is not valid is reported where it is wrong", () => {
  test.each([
    ["alow", "", /"alow" cannot be written as one word/],
    ["match", "", /"match" cannot be written as one word/],
    [{}, "rule", /rule/],
    [null, "", /a rule is an object/],
    [42, "", /a rule is an object/],
    [["allow"], "", /a rule is an object/],
    [{ rule: 5 }, "rule", /string/],
    [{ rule: "allow", f1: "x" }, "f1", /f1/],
    [{ ...isRole, eval: "===" }, "eval", /eval "===" is not known; use == != > >= < <= in notIn/],
    [{ ...isRole, type: "strin" }, "type", /type "strin" is not known/],
    [{ ...isRole, f3: "x" }, "f3", /f3/],
    [{ ...isRole, f2: { a: 1 } }, "f2", /an operand is a text/],
    [{ ...isRole, f2: Number.NaN }, "f2", /an operand is a text/],
    [{ ...isRole, message: "" }, "message", /empty/],
    [{ rule: "match", type: "string", eval: "==", f1: "x" }, "f2", /f2/],
    [{ rule: "and" }, "clauses", /clauses/],
    [{ rule: "and", clauses: ["allow", { rule: "or", clauses: ["nope"] }] }, "clauses.1.clauses.0", /one word/],
    [{ rule: "func", service: "a.b", func: "c" }, "service", /letters, digits/],
    [{ rule: "func", service: "a" }, "", /name the function once/],
    [{ rule: "func", service: "a", func: "b", function: "c" }, "", /name the function once/],
    [{ rule: "webhook", url: "nowhere" }, "url", /not a URL/],
    [{ rule: "query", db: "main", col: "docs", find: [] }, "find", /find is an object/],
  ])("%j at %j", (written, path, message) => {
    const { issues = [] } = v.safeParse(ruleSchema, written);
    const found = issues.map((issue) => ({ path: v.getDotPath(issue) ?? "", message: issue.message }));
    expect(found.map((issue) => issue.path)).toContain(path);
    expect(found.map((issue) => issue.message).join("\n")).toMatch(message);
  });
});
