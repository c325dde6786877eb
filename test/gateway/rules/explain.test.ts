import { describe, expect, test } from "vitest";
import { explainRule } from "../../../gateway/rules/explain.ts";
import { match, parseRule, ruleDeps } from "./rule-deps.ts";

const auth = { role: "user", level: 5, roles: ["a", "b"], bio: "x".repeat(200) };
const params = { n: "6", owner: "u2", none: null, path: "/staff/room" };

const explain = (rule: unknown, deps = ruleDeps()): ReturnType<typeof explainRule> =>
  explainRule(parseRule(rule), { auth, params }, deps);

describe("because", () => {
  test.each([
    [match("string", "args.auth.role", "==", "admin"), 'args.auth.role is "user", wanted "admin"'],
    [match("string", "args.auth.role", "==", "user"), 'args.auth.role is "user"'],
    [match("string", "args.auth.role", "!=", "user"), 'args.auth.role is "user", wanted anything but "user"'],
    [match("string", "args.auth.role", "in", ["a", "b"]), 'args.auth.role is "user", wanted one of ["a","b"]'],
    [match("string", "args.auth.team", "==", "x"), 'args.auth.team is missing, wanted "x"'],
    [match("string", "c", "in", "args.auth.roles"), 'args.auth.roles is ["a","b"], so "c" in it does not hold'],
    [match("number", "args.auth.level", ">=", 6), "args.auth.level is 5, wanted at least 6"],
    [match("number", "args.params.n", ">", 5), 'args.params.n is "6", which is not a number'],
    [match("bool", "utils.exists(args.params.none)", "==", true), "utils.exists(args.params.none) is true"],
    [
      match("string", "args.params.owner", "==", "args.auth.role"),
      'args.params.owner is "u2", wanted args.auth.role, which is "user"',
    ],
    [match("string", "a", "==", "a"), '"a" == "a" is always true'],
    [match("string", "a", "<", "b"), 'eval "<" does not exist for type "string"; use one of == != in notIn'],
    [match("path", "args.params.path", "in", ["/a"]), 'args.params.path is "/staff/room", wanted a path within ["/a"]'],
    [
      match("path", "args.params.path", "notIn", ["/staff"]),
      'args.params.path is "/staff/room", wanted a path outside of ["/staff"]',
    ],
    [
      match("path", "args.params.owner", "in", ["/a"]),
      'args.params.owner is "u2", which is not a path (/reports/2026, without //, . and ..)',
    ],
    ["deny", "deny always refuses"],
    [
      { rule: "ldap" },
      'rule type "ldap" is not known; use one of allow, deny, authenticated, match, and, or, func, function, webhook, query',
    ],
    [{ rule: "or", clauses: [] }, "an empty or refuses"],
    [{ rule: "and", clauses: ["allow", "deny"] }, "clause 2 refused"],
    [{ rule: "or", clauses: ["deny", "deny"] }, "no clause passed"],
    [{ rule: "func", service: "a", func: "b" }, "it could not be asked: there is no function to ask"],
    [
      { rule: "webhook", url: "https://x.example/" },
      'the webhook is never sent: its host "x.example" is not in webhooks.allowHosts; add it if you trust it with claims and params',
    ],
    [{ rule: "query", db: "main", col: "docs", find: {} }, "this gateway asks no databases; one that runs on Bun does"],
  ])("of %j is %s", async (rule, because) => {
    expect((await explain(rule)).because).toBe(because);
  });

  test("values are cut at eighty characters", async () => {
    const { because } = await explain(match("string", "args.auth.bio", "==", "x"));
    expect(because).toBe(`args.auth.bio is "${"x".repeat(79)}…, wanted "x"`);
  });

  test("the answers of those who were asked are told", async () => {
    const deps = ruleDeps({
      call: () => Promise.resolve({ ack: true }),
      fetch: () => Promise.resolve(new Response(null, { status: 204 })),
      webhooks: { allowHosts: ["x.example"] },
      queries: { has: () => true, exists: () => Promise.resolve(false) },
    });
    const find = { owner: "args.params.owner" };
    const because = async (rule: unknown): Promise<string> => (await explain(rule, deps)).because;
    expect(await because({ rule: "func", service: "a", func: "b" })).toBe("function a.b answered ack: true");
    expect(await because({ rule: "webhook", url: "https://x.example/?key=s3cret" })).toBe(
      "the webhook at x.example answered with status 204",
    );
    expect(await because({ rule: "query", db: "main", col: "docs", find })).toBe(
      '"main" holds no row of "docs" that fits find',
    );
  });
});

test("the tree shows every clause, those that were not asked too, and which one settled it", async () => {
  const isAdmin = match("string", "args.auth.role", "==", "admin");
  const isHigh = match("number", "args.auth.level", ">", 3);
  const explanation = await explain({
    rule: "and",
    clauses: [
      { rule: "or", clauses: [isAdmin, isHigh, "deny"] },
      { rule: "or", clauses: [isAdmin] },
      { rule: "and", clauses: ["allow"] },
    ],
  });
  expect(explanation).toMatchObject({
    path: "",
    outcome: "refused",
    because: "clause 2 refused",
    clauses: [
      {
        path: "clauses[0]",
        outcome: "passed",
        clauses: [
          { outcome: "refused" },
          { outcome: "passed" },
          { path: "clauses[0].clauses[2]", outcome: "not evaluated" },
        ],
      },
      { outcome: "refused" },
      { outcome: "not evaluated", clauses: [{ outcome: "not evaluated" }] },
    ],
  });
  expect(explanation.decidedBy).toMatchObject({ path: "clauses[1]", because: "no clause passed" });
});

test("what settles it is the innermost rule", async () => {
  const { decidedBy } = await explain({ rule: "or", clauses: ["deny", { rule: "or", clauses: ["authenticated"] }] });
  expect(decidedBy).toMatchObject({ path: "clauses[1].clauses[0]", because: "the token is valid" });
});
