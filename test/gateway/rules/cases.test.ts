import * as v from "valibot";
import { expect, test } from "vitest";
import { ruleCasesSchema, runRuleCases } from "../../../gateway/rules/cases.ts";
import { NOW, match, parseServices } from "./rule-deps.ts";

const setup = {
  services: parseServices({
    arithmetic: {
      functions: {
        sum: { rule: "allow" },
        audit: { rule: match("string", "args.auth.role", "==", "admin") },
        bill: {
          rule: {
            rule: "and",
            clauses: [
              { rule: "func", service: "billing", func: "check" },
              { rule: "query", db: "main", col: "accounts", find: { owner: "args.auth.id" } },
              { rule: "webhook", url: "https://hooks.example.com/check" },
            ],
          },
        },
      },
    },
  }),
  databases: ["main"],
  allowHosts: ["hooks.example.com"],
  now: () => NOW,
};

const run = (...cases: unknown[]): ReturnType<typeof runRuleCases> =>
  runRuleCases(v.parse(ruleCasesSchema, cases), setup);

test("cases say who calls what and what comes of it", async () => {
  const results = await run(
    { service: "arithmetic", function: "sum", expect: "allow" },
    { service: "arithmetic", function: "audit", expect: "unauthenticated" },
    { service: "arithmetic", function: "audit", claims: { role: "admin" }, expect: "allow" },
    { service: "arithmetic", function: "audit", claims: { role: "user" }, expect: "deny", because: "users may not" },
    { service: "arithmetic", function: "other", claims: {}, expect: "deny" },
  );
  expect(results.map((result) => result.passed)).toEqual([true, true, true, true, true]);
});

test("a case that fails tells what the rule decided and why", async () => {
  const [result] = await run({ service: "arithmetic", function: "audit", claims: { role: "user" }, expect: "allow" });
  expect(result).toMatchObject({
    passed: false,
    actual: "deny",
    because: 'args.auth.role is "user", wanted "admin"',
  });
});

test("whom the rule would ask is answered by the case", async () => {
  const call = { service: "arithmetic", function: "bill", claims: { id: "u1" } };
  const all = {
    "func billing.check": true,
    "query main.accounts": true,
    "webhook https://hooks.example.com/check": true,
  };
  const results = await run(
    { ...call, given: all, expect: "allow" },
    { ...call, given: { ...all, "query main.accounts": false }, expect: "deny" },
    { ...call, expect: "deny" },
  );
  expect(results.map((result) => result.actual)).toEqual(["allow", "deny", "deny"]);
  expect(results[2]?.because).toBe('it could not be asked: no answer is given for "func billing.check"');
});
