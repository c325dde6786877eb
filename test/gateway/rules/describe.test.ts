import { expect, test } from "vitest";
import { describeRule } from "../../../gateway/rules/describe.ts";
import { match, parseRule } from "./rule-deps.ts";

const isAdmin = match("string", "args.auth.role", "==", "admin");
const isBig = match("number", "args.params.total", ">", 100);

test.each([
  ["allow", "everybody, without a token"],
  ["authenticated", "callers with a valid token"],
  ["deny", "nobody"],
  [{ rule: "ldap" }, 'nobody (rule type "ldap" is not known)'],
  [isAdmin, 'callers whose role is "admin"'],
  [match("string", "admin", "!=", "args.auth.role"), 'callers whose role is not "admin"'],
  [match("string", "args.auth.role", "in", ["a", "b"]), 'callers whose role is one of "a", "b"'],
  [match("string", "editor", "in", "args.auth.roles"), 'callers whose roles hold "editor"'],
  [match("string", "args.params.owner", "==", "args.auth.id"), "callers when the request's owner is the caller's id"],
  [match("date", "args.auth.until", ">", "utils.now()"), "callers whose until is more than the time now"],
  [match("path", "args.params.path", "in", ["/a", "/b"]), 'callers when the request\'s path is within "/a", "/b"'],
  [match("path", "args.params.path", "notIn", ["/a"]), 'callers when the request\'s path is outside of "/a"'],
  [match("path", "args.params.path", "==", "/a"), 'callers when the request\'s path is "/a"'],
  [match("bool", "utils.exists(args.auth.role)", "==", true), "callers with role"],
  [match("bool", "utils.exists(args.params.debug)", "==", false), "callers when the request's debug is not given"],
  [
    match("number", "utils.length(args.params.items)", "<=", 10),
    "callers when the length of the request's items is at most 10",
  ],
  [{ rule: "and", clauses: [] }, "callers with a valid token"],
  [{ rule: "or", clauses: [] }, "nobody"],
  [
    { rule: "or", clauses: [isAdmin, { rule: "and", clauses: [isBig, "authenticated"] }] },
    'callers whose role is "admin", or (callers when the request\'s total is more than 100 that are also callers with a valid token)',
  ],
  [
    { rule: "func", service: "billing", func: "check" },
    "callers for whom the function billing.check answers ack: true",
  ],
  [{ rule: "webhook", url: "https://hooks.example.com/x?key=s3cret" }, "callers whom hooks.example.com confirms"],
  [
    { rule: "query", db: "main", col: "docs", find: { owner: "args.auth.id" } },
    'callers for whom "main" holds a row of "docs" where owner is the caller\'s id',
  ],
])("%j lets in %s", (rule, words) => {
  expect(describeRule(parseRule(rule))).toBe(words);
});
