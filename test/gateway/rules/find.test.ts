import { describe, expect, test } from "vitest";
import type { QueryPort, RowQuery } from "../../../gateway/rules/query.ts";
import { evaluate, passes, recordingLog, ruleDeps } from "./rule-deps.ts";

/** A database that has every row and remembers what it was asked. */
function recordingQueries(): QueryPort & { readonly asked: RowQuery[] } {
  const asked: RowQuery[] = [];
  return {
    asked,
    has: (db) => db === "main",
    exists(query) {
      asked.push(query);
      return Promise.resolve(true);
    },
  };
}

const rule = (find: unknown, rest = {}): unknown => ({ rule: "query", db: "main", col: "docs", find, ...rest });

describe("query", () => {
  test("what variables hold is a value, even if it is written like a variable or an operator", async () => {
    const queries = recordingQueries();
    const auth = { id: "args.params.secret", name: "$ne" };
    await passes(rule({ owner: "args.auth.id", name: "args.auth.name" }), { auth }, ruleDeps({ queries }));
    expect(queries.asked).toEqual([
      {
        db: "main",
        collection: "docs",
        find: {
          kind: "all",
          conditions: [
            { kind: "compare", column: "owner", operator: "=", value: "args.params.secret" },
            { kind: "compare", column: "name", operator: "=", value: "$ne" },
          ],
        },
      },
    ]);
  });

  test("every call gets a condition of its own, and the rule stays as it was", async () => {
    const queries = recordingQueries();
    const source = rule({ owner: { $in: ["args.params.owner", "root"] } });
    const before = structuredClone(source);
    for (const owner of ["u1", "u2"]) await passes(source, { params: { owner } }, ruleDeps({ queries }));
    expect(JSON.stringify(queries.asked[0])).toContain("u1");
    expect(JSON.stringify(queries.asked[1])).toContain("u2");
    expect(JSON.stringify(queries.asked[1])).not.toContain("u1");
    expect(source).toEqual(before);
  });

  test.each([[undefined], [{ $ne: null }], [["u1"]], [{}]])(
    "the param %j refuses; nothing is asked or logged",
    async (owner) => {
      const queries = recordingQueries();
      const log = recordingLog();
      const deps = ruleDeps({ queries, log });
      expect(await passes(rule({ owner: "args.params.owner" }), { params: { owner } }, deps)).toBe(false);
      expect(log.lines).toEqual([]);
      expect(queries.asked).toEqual([]);
    },
  );

  test.each([
    [rule({ owner: "u1" }, { db: "other" })],
    [rule({ owner: "u1" }, { db: "constructor" })],
    [rule({ owner: "u1" }, { col: "docs; drop table docs" })],
    [rule({ owner: "u1" }, { col: "docs as d" })],
    [rule({ owner: "u1" }, { col: "a.b.c" })],
    [rule({ owner: "u1" }, { col: '"docs"' })],
    [rule({ "owner or 1=1": "u1" })],
    [rule({ "docs.owner": "u1" })],
    [rule({ $where: "1=1" })],
    [rule({ owner: { $regex: ".*" } })],
    [rule({ owner: { constructor: 1 } })],
    [rule({ owner: {} })],
    [rule({ owner: ["u1"] })],
    [rule({ owner: { $gt: [1] } })],
    [rule({ owner: { $in: "args.auth.friends" } })],
    [rule({ owner: { $in: [["u1"]] } })],
    [rule({ owner: "args.other.id" })],
    [rule({ $or: { owner: "u1" } })],
    [rule({ $or: ["owner"] })],
    [rule(JSON.parse(`${'{"$or":['.repeat(20)}{}${"]}".repeat(20)}`))],
  ])("%j never asks and refuses at once", (written) => {
    const queries = recordingQueries();
    const verdict = evaluate(written, { auth: { friends: ["u1"] } }, ruleDeps({ queries }));
    expect(verdict).toMatchObject({ allowed: false });
    expect(queries.asked).toEqual([]);
  });

  test("without any database a query refuses at once", () => {
    expect(evaluate(rule({ owner: "u1" }))).toMatchObject({ allowed: false });
  });
});
