import { expect, test } from "vitest";
import { ConfigError } from "../../../gateway/config/config-error.ts";
import { type Steps, pathOf } from "../../../gateway/config/secrets/scalar-places.ts";
import { isSecretPath } from "../../../gateway/config/secrets/secret-paths.ts";
import { parse } from "./fixtures.ts";

const PLACES: readonly Steps[] = [
  ["secret"],
  ["auth", "secrets", 0],
  ["projects", 0, "secret"],
  ["projects", 0, "secrets", 0],
  ["projects", 0, "auth", "secrets", 0],
  ["projects", 0, "auth", "keys", 0],
  ["projects", 0, "auth", "keys", 0, "d"],
  ["projects", 0, "auth", "keys", 0, "oth", 0, "r"],
  ["admin", "secret"],
  ["admin", "users", 0, "pass"],
  ["broker", "url"],
  ["broker", "token"],
  ["databases", "main", "url"],
  ["functions", "database"],
  ["functions", "rabbitmq"],
  ["builder", "npm", "registry"],
  ["builder", "npm", "token"],
  ["builder", "npm", "proxy"],
  ["workers", 0, "env", "KEY"],
];
const VALUES = ["hush", "$hush hush", "hush://u:hush@hush:x/", "-----BEGIN hush", ["hush"], { kty: "hush" }];

test.each(PLACES)("what stands at a place of secrets is never in a message about it: %j", (...steps) => {
  expect(isSecretPath(steps)).toBe(true);
  for (const value of VALUES) {
    const said = messagesOf(textWith(steps, value));
    expect(said).not.toContain("hush");
  }
});

test.each([
  ["an id", (url: string) => ({ projects: [{ id: url }] })],
  ["ids that are the same", (url: string) => ({ projects: [{ id: url }, { id: url }] })],
  ["users who are the same", (url: string) => ({ admin: { users: [userOf(url), userOf(url)] } })],
  ["a rule", (url: string) => withRule(url)],
  ["the type of a match", (url: string) => withRule({ rule: "match", type: url, eval: "==", f1: "a", f2: "b" })],
  ["the eval of a match", (url: string) => withRule({ rule: "match", type: "string", eval: url, f1: "a", f2: "b" })],
  ["a part of a rule", (url: string) => withRule({ rule: "or", clauses: [url] })],
])("an address with a password is not in a message about %s", (_what, valueOf) => {
  const url = "postgres://u:hush@db.example.com/x";
  const said = messagesOf(JSON.stringify(valueOf(url)));
  expect(said).toContain('"…"');
  expect(said).not.toContain("hush");
});

test.each([
  [[]],
  [["projects", 0, "id"]],
  [["projects", 0, "services", "secret"]],
  [["projects", "0", "secret"]],
  [["admin", "users", "pass"]],
  [["admin", "users[].pass"]],
  [["databases", 0, "url"]],
  [["databases", "main", "path"]],
  [["workers", 0, "run"]],
])("other places are none, such as %j", (steps) => {
  expect(isSecretPath(steps)).toBe(false);
});

test("places are named as findings name them", () => {
  expect(pathOf(["admin", "users", 0, "pass"])).toBe("admin.users[0].pass");
  expect(pathOf(["databases", "a b", "url"])).toBe('databases["a b"].url');
});

function userOf(user: string): object {
  return { user, pass: "a long password" };
}

function withRule(rule: unknown): object {
  return { projects: [{ id: "a", services: { s: { functions: { f: { rule } } } } }] };
}

function textWith(steps: Steps, value: unknown): string {
  return JSON.stringify(
    steps.reduceRight<unknown>((below, step) => (typeof step === "number" ? [below] : { [step]: below }), value),
  );
}

function messagesOf(text: string): string {
  try {
    return JSON.stringify(parse(text).warnings);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
}
