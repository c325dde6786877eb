import { Database } from "bun:sqlite";
import { Kysely, PostgresDialect, sql } from "kysely";
import { BunSqliteDialect } from "kysely-bun-sqlite";
import { Pool } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { kyselyQueries } from "../../../gateway/rules/query/kysely.ts";
import type { QueryPort } from "../../../gateway/rules/query.ts";
import { usePostgres } from "../../support/postgres.ts";
import { evaluate, passes, recordingLog, ruleDeps } from "./rule-deps.ts";

/** What every database behind `query` rules has to do. */
function queryConformance(open: () => Kysely<unknown>): void {
  let database: Kysely<unknown>;
  let queries: QueryPort;

  beforeAll(async () => {
    database = open();
    await sql`create table docs (owner text, secret text, n integer, done boolean)`.execute(database);
    await sql`insert into docs values ('u1', null, 5, true), ('o''hara', 's3cret', 7, false)`.execute(database);
    queries = kyselyQueries(new Map([["main", database]]));
  });
  afterAll(() => database.destroy());

  const finds = (find: unknown, params?: unknown, auth: Record<string, unknown> = { id: "u1" }): Promise<boolean> =>
    passes({ rule: "query", db: "main", col: "docs", find }, { auth, params }, ruleDeps({ queries }));

  test.each([
    [{ owner: "u1" }, true],
    [{ owner: "o'hara" }, true],
    [{ owner: "nobody" }, false],
    [{ owner: "u1", n: 5 }, true],
    [{ owner: "u1", n: 7 }, false],
    [{ done: true, n: 5 }, true],
    [{ done: true, n: 7 }, false],
    [{ secret: null, owner: "u1" }, true],
    [{ secret: null, n: 7 }, false],
    [{ secret: { $ne: null }, n: 7 }, true],
    [{ owner: { $eq: "u1" } }, true],
    [{ owner: { $ne: "u1" }, n: 5 }, false],
    [{ n: { $gt: 5 } }, true],
    [{ n: { $gt: 7 } }, false],
    [{ n: { $gte: 7, $lte: 7 } }, true],
    [{ n: { $lt: 5 } }, false],
    [{ owner: { $in: ["a", "u1"] } }, true],
    [{ owner: { $in: [] } }, false],
    [{ n: { $nin: [5, 7] } }, false],
    [{ n: { $nin: [] } }, true],
    [{ $or: [{ owner: "nobody" }, { n: 7 }] }, true],
    [{ $or: [] }, false],
    [{ $and: [{ owner: "u1" }, { n: 7 }] }, false],
    [{ $or: [{ owner: "nobody" }, { $and: [{ owner: "u1" }, { n: 5 }] }], done: true }, true],
    [{}, true],
  ])("find %j is %s", async (find, found) => {
    expect(await finds(find)).toBe(found);
  });

  test("claims and params stand for values", async () => {
    expect(await finds({ owner: "args.auth.id", n: "args.params.n" }, { n: 5 })).toBe(true);
    expect(await finds({ owner: "args.auth.id", n: "args.params.n" }, { n: 7 })).toBe(false);
  });

  test.each(["' OR 1=1 --", "u1' --", '" OR ""="', "'; drop table docs; --", "%", "\\", "args.auth.id", "null"])(
    "the value %j is a value and nothing else",
    async (owner) => {
      expect(await finds({ owner: "args.params.owner" }, { owner })).toBe(false);
      expect(await finds({ owner: { $in: ["args.params.owner"] } }, { owner })).toBe(false);
      expect(await finds({ owner: "u1" })).toBe(true);
    },
  );

  test.each([[{ $ne: null }], [{ $gt: "" }], [["u1"]], [{}], [undefined]])(
    "the value %j is not even looked for",
    async (owner) => {
      expect(await finds({ owner: "args.params.owner" }, { owner })).toBe(false);
      expect(await finds({ owner: { $eq: "args.params.owner" } }, { owner })).toBe(false);
    },
  );

  test("a null out of params finds rows without a value, and only these", async () => {
    expect(await finds({ secret: "args.params.secret", n: 5 }, { secret: null })).toBe(true);
    expect(await finds({ secret: "args.params.secret", n: 7 }, { secret: null })).toBe(false);
  });

  test("an error of the database refuses, and its text, which may quote values, is not logged", async () => {
    const log = recordingLog();
    const deps = ruleDeps({ queries, log });
    const rule = { rule: "query", db: "main", col: "missing_table", find: { owner: "args.params.owner" } };
    const verdict = await evaluate(rule, { params: { owner: "s3cret" } }, deps);
    expect(verdict.allowed).toBe(false);
    expect(log.lines[0]?.fields["reason"]).toContain('database "main" could not look into "missing_table"');
    expect(JSON.stringify(log.lines)).not.toContain("s3cret");
  });
}

describe("SQLite", () => {
  queryConformance(() => new Kysely({ dialect: new BunSqliteDialect({ database: new Database(":memory:") }) }));
});

describe("PostgreSQL", () => {
  const postgres = usePostgres();
  const open = (): Kysely<unknown> =>
    new Kysely({ dialect: new PostgresDialect({ pool: new Pool({ connectionString: postgres.url, max: 2 }) }) });
  queryConformance(open);

  test("a table may be named with its schema", async () => {
    const database = open();
    await sql`create schema shop`.execute(database);
    await sql`create table shop.orders as select 'u1' as owner`.execute(database);
    const deps = ruleDeps({ queries: kyselyQueries(new Map([["main", database]])) });
    const rule = { rule: "query", db: "main", col: "shop.orders", find: { owner: "args.auth.id" } };
    expect(await passes(rule, { auth: { id: "u1" } }, deps)).toBe(true);
    expect(await passes(rule, { auth: { id: "u2" } }, deps)).toBe(false);
    await database.destroy();
  });

  test("a query that takes too long refuses when the call's time is over", async () => {
    const database = open();
    await sql`create view slow as select pg_sleep(1)::text as owner`.execute(database);
    const log = recordingLog();
    const queries = kyselyQueries(new Map([["main", database]]));
    let clock = 0;
    // The second reading is what is left of the call: a tenth of a second.
    const deps = ruleDeps({ queries, log, now: () => (clock === 0 ? clock++ : 9_900) });
    expect((await evaluate({ rule: "query", db: "main", col: "slow", find: {} }, {}, deps)).allowed).toBe(false);
    expect(log.lines[0]?.fields["reason"]).toMatch(/no answer within 100 ms|could not look into "slow"/);
    await database.destroy();
  });
});
