import { Database } from "bun:sqlite";
import { Kysely } from "kysely";
import { BunSqliteDialect } from "kysely-bun-sqlite";
import { expect, test } from "vitest";
import { compileRule } from "../../../gateway/rules/compile.ts";
import { kyselyQueries } from "../../../gateway/rules/query/kysely.ts";
import { createRuleSelector } from "../../../gateway/rules/select.ts";
import { NOW, parseServices, ruleDeps } from "./rule-deps.ts";
import { RULE_VECTORS, type RuleVector, type TokenKind } from "./vectors.ts";

const GOOD: readonly TokenKind[] = ["good", "good, without Bearer", "good, with bearer in lower case"];

test.each(RULE_VECTORS.map((vector) => [`${vector.number}: ${vector.title}`, vector] as const))(
  "vector %s",
  async (_name, vector) => {
    const database = new Database(":memory:");
    database.run("create table docs (owner text)");
    database.run("insert into docs values ('u1')");
    const kysely = new Kysely({ dialect: new BunSqliteDialect({ database }) });
    const decide = door(vector, kysely);
    const outcomes = [];
    for (const { params } of vector.calls) outcomes.push(await decide(params));
    expect(outcomes).toEqual(vector.calls.map((call) => call.passes));
    await kysely.destroy();
  },
);

test("every line of the table has its vector", () => {
  const numbers = new Set(RULE_VECTORS.map((vector) => vector.number));
  expect([...numbers]).toEqual(Array.from({ length: 32 }, (_, index) => index + 1));
});

/** The order in which the gateway asks: project, rule, token, rule. */
function door(vector: RuleVector, database: Kysely<unknown>): (params: unknown) => Promise<boolean> {
  const deps = ruleDeps({
    call: ({ function: name }) => Promise.resolve({ ack: name === "ack" ? true : "true" }),
    queries: kyselyQueries(new Map([["main", database]])),
  });
  const selector = createRuleSelector(parseServices(vector.services), (rule) => compileRule(rule, deps));
  return async (params) => {
    const rule = vector.project === "my-app" ? selector.select(vector.service, vector.function) : undefined;
    if (rule === undefined) return false;
    if (rule.isOpen) return true;
    if (!GOOD.includes(vector.token)) return false;
    const args = { auth: vector.claims, params: rule.needsParams ? params : undefined };
    return (await rule.evaluate(args, { deadlineMs: NOW + 10_000 })).allowed;
  };
}
