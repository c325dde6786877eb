import { expect, test } from "vitest";
import { holdsCredentials } from "../../../gateway/config/secrets/credentials.ts";

test.each([
  "postgres://user:pass@db.example.com/shop",
  "postgres://user:pa ss@db.example.com/shop",
  "postgres://user:pa\tss@db.example.com/shop",
  "postgres://:pass@db.example.com/shop",
  "POSTGRES://user:pa ss@db.example.com:not-a-port/shop",
  "postgres://db.example.com/shop?sslpassword=pass",
  "host=db.example.com password = pass",
  "user:p@ss word@tcp(db.example.com:3306)/shop",
  "nats://token@broker.example.com:4222",
  "nats://a.example.com:4222,nats://token@b.example.com:4222",
  "amqp://user:pass%40@rabbit.example.com",
  "https://token@npm.example.com/",
  "https:token@npm.example.com/",
  String.raw`https:\\token@npm.example.com/`,
  "http://token@proxy.example.com:3128",
  "a proxy such as http://token@proxy.example.com",
])("%j is hidden wherever it stands", (text) => {
  expect(holdsCredentials(text)).toBe(true);
});

test.each([
  "postgres://user@db.example.com/shop",
  "nats://a.example.com:4222,nats://b.example.com:4222",
  "https://registry.example.com/@scope/package",
  "https://example.com/?to=ada@example.com",
  "https://example.com:8080/#a@b",
  "write to ada@example.com",
  "args.auth.password == args.params.password",
])("%j is shown: nobody gets in with it", (text) => {
  expect(holdsCredentials(text)).toBe(false);
});

test.each([
  ["colons", ":"],
  ["colons behind a scheme", ":", "://"],
  ["schemes", "://"],
  ["ats behind a scheme", "@", "http://"],
  ["a user and no end", "u:@", "u:"],
  ["names of databases", "postgres:"],
  ["passwords without a value", "password "],
  ["spaces behind a password", " ", "password"],
])("five megabytes of %s are looked through at once", (_what, part, before = "") => {
  // Looking further for each of them would take hours.
  expect([true, false]).toContain(holdsCredentials(before + part.repeat(5_000_000 / part.length)));
});
