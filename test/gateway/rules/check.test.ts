import { describe, expect, test } from "vitest";
import { checkRules } from "../../../gateway/rules/check.ts";
import { match, parseServices } from "./rule-deps.ts";

/** The findings about one rule, of the function `f` of the service `s`. */
function findings(rule: unknown, setup = { databases: ["main"], allowHosts: ["hooks.example.com"] }): string[] {
  return checkRules(parseServices({ s: { functions: { f: { rule } } } }), setup).map(
    ({ path, severity, message }) => `${severity} ${path.replace("services.s.functions.f.", "")}: ${message}`,
  );
}

const role = (operator: string, value: unknown): unknown => match("string", "args.auth.role", operator, value);
const n = (operator: string, value: unknown): unknown => match("number", "args.params.n", operator, value);
const given = (path: string, value: boolean): unknown => match("bool", `utils.exists(${path})`, "==", value);
const day = (operator: string, value: unknown): unknown => match("date", "args.auth.until", operator, value);
const at = (operator: string, value: unknown): unknown => match("path", "args.params.path", operator, value);
const and = (...clauses: unknown[]): unknown => ({ rule: "and", clauses });
const or = (...clauses: unknown[]): unknown => ({ rule: "or", clauses });

describe("nothing is found about", () => {
  test.each([
    ["allow"],
    ["deny"],
    [role("==", "admin")],
    [and(role("!=", "a"), role("!=", "b"))],
    [and(n(">", 3), n("<", 5))],
    [and(n(">=", 3), n("<=", 3))],
    [and(n(">", 0.1), n("<", 0.2), n("!=", 0.15))],
    [and(role("in", ["a", "b"]), role("!=", "a"))],
    [and(given("args.params.id", true), match("string", "args.params.id", "==", "x"))],
    [and(day(">", "2026-01-01"), day("<", "2027-01-01"))],
    [and(at("in", ["/a"]), at("notIn", ["/a/b"]))],
    [and(at("in", ["/a"]), at("!=", "/a"))],
    [and(at("in", ["/"]), at("in", ["/a/b"]))],
    [and(at("in", ["/a"]), match("string", "args.params.path", "!=", "/a/"))],
    [or(role("==", "a"), role("==", "b"))],
    [match("string", "x", "in", "args.auth.roles")],
    [and(match("string", "x", "in", "args.auth.roles"), match("string", "y", "in", "args.auth.roles"))],
    [{ rule: "webhook", url: "https://hooks.example.com/" }],
    [{ rule: "query", db: "main", col: "docs", find: { owner: "args.auth.id" } }],
    [{ rule: "func", service: "a", func: "b" }],
  ])("%j", (rule) => {
    expect(findings(rule)).toEqual([]);
  });
});

describe("contradictions:", () => {
  test.each([
    [and(role("==", "a"), role("==", "b")), "args.auth.role"],
    [and(role("==", "a"), match("string", "b", "==", "args.auth.role")), "args.auth.role"],
    [and(role("==", "a"), and(role("!=", "a"))), "args.auth.role"],
    [and(role("in", ["a", "b"]), role("in", ["c"])), "args.auth.role"],
    [and(role("in", ["a", "b"]), role("notIn", ["a", "b"])), "args.auth.role"],
    [and(n(">", 5), n("<", 3)), "args.params.n"],
    [and(n(">", 5), n("<", 5)), "args.params.n"],
    [and(n(">", 5), match("number", 5, ">=", "args.params.n")), "args.params.n"],
    [and(n(">=", 5), n("==", 4)), "args.params.n"],
    [and(n("==", 4), role("==", "x"), match("string", "args.params.n", "==", "4")), "args.params.n"],
    [and(given("args.params.id", true), given("args.params.id", false)), "utils.exists(args.params.id)"],
    [and(at("in", ["/a/b"]), at("notIn", ["/a"])), "args.params.path"],
    [and(at("in", ["/a"]), at("in", ["/ab"])), "args.params.path"],
    [and(at("==", "/a"), match("number", "args.params.path", "==", 1)), "args.params.path"],
    [and(day("<", "2026-01-01"), day(">", "2026-06-01T00:00:00Z")), "args.auth.until"],
  ])("%j", (rule, variable) => {
    expect(findings(rule)).toEqual([`error rule: never passes: its clauses contradict each other about ${variable}`]);
  });

  test("a value that has to be absent cannot be compared", () => {
    expect(findings(and(given("args.params.n", false), n(">", 5)))).toEqual([
      "error rule: never passes: it demands that args.params.n is absent, and compares it",
    ]);
  });
});

describe("findings:", () => {
  test.each([
    [and(), ["warning rule: an empty and passes for everybody with a token"]],
    [or(), ["error rule: an empty or never passes"]],
    [
      or(role("==", "a"), "allow", role("==", "b")),
      [
        'warning rule: passes for everybody with a token: clause 2 ("allow") always passes',
        'warning rule.clauses[2]: is never reached: clause 2 ("allow") always passes',
      ],
    ],
    [and("deny", role("==", "a")), ['warning rule.clauses[1]: is never reached: clause 1 ("deny") always refuses']],
    [
      and("allow", or("deny", "deny"), role("==", "a")),
      ['warning rule.clauses[2]: is never reached: clause 2 ("or") always refuses'],
    ],
    [
      or(given("args.params.id", true), given("args.params.id", false)),
      ["warning rule: passes for everybody with a token: two of its clauses are opposites"],
    ],
    [
      match("string", "a", "==", "a"),
      ["warning rule: passes for everybody with a token: both of its operands are literals"],
    ],
    [match("number", 1, ">", 2), ["warning rule: never passes: both of its operands are literals"]],
    [
      role("<", "b"),
      ['error rule: never passes: eval "<" does not exist for type "string"; use one of == != in notIn'],
    ],
    [n(">", "5"), ['error rule: never passes: f2 "5" is not a number']],
    [role("in", "admin"), ['error rule: never passes: f2 "admin" is not a list, which in needs']],
    [role("==", ["a"]), ['error rule: never passes: f2 ["a"] is a list; only in and notIn compare with lists']],
    [
      { rule: "ldap" },
      [
        'error rule: never passes: rule type "ldap" is not known; use one of allow, deny, authenticated, match, and, or, func, function, webhook, query',
      ],
    ],
    [
      { rule: "query", db: "mongo", col: "docs", find: { owner: "u1" } },
      ['error rule: never passes: database "mongo" is not configured; add it to databases'],
    ],
    [
      { rule: "query", db: "main", col: "docs", find: {} },
      ["warning rule: passes whenever the table has any row: find is empty"],
    ],
    [
      { rule: "query", db: "main", col: "a b", find: { "x y": 1 } },
      [
        'error rule: never passes: "x y" in find is not a column name',
        'error rule: never passes: col "a b" is not a table name',
      ],
    ],
    [
      { rule: "webhook", url: "https://other.example.com/x" },
      [
        'error rule: never passes: the webhook is never sent: its host "other.example.com" is not in webhooks.allowHosts; add it if you trust it with claims and params',
      ],
    ],
  ])("%j", (rule, expected) => {
    expect(findings(rule)).toEqual(expected);
  });

  test("a variable that cannot be one", () => {
    expect(findings(match("string", "args.other.x", "==", "a"))).toEqual([
      expect.stringContaining('error rule: never passes: "args.other.x" is not a variable'),
    ]);
  });

  test("a query where there are no databases at all, as at the edge", () => {
    const services = parseServices({
      s: { functions: { f: { rule: { rule: "query", db: "main", col: "docs", find: { a: 1 } } } } },
    });
    expect(checkRules(services, { databases: undefined, allowHosts: [] })).toEqual([
      expect.objectContaining({ message: "never passes: this gateway asks no databases; one that runs on Bun does" }),
    ]);
  });

  test("allow as a default is loud", () => {
    const services = parseServices({
      arithmetic: { functions: { default: { rule: "allow" } } },
      default: { functions: { default: { rule: "allow" } } },
    });
    expect(checkRules(services, { databases: [], allowHosts: [] })).toEqual([
      {
        path: "services.arithmetic.functions.default.rule",
        severity: "warning",
        message:
          'anybody may call every function of "arithmetic" without a rule, without a token; name the functions that are meant to be open',
      },
      {
        path: "services.default.functions.default.rule",
        severity: "warning",
        message:
          "anybody may call every function of every service without rules, without a token; name the functions that are meant to be open",
      },
    ]);
  });
});
