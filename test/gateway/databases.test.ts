import { Database } from "bun:sqlite";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import type { QueryPort } from "../../gateway/rules/query.ts";
import { LiveDatabases } from "../../gateway/runtime/databases.ts";
import { silentLog } from "../../mesh/log.ts";
import { type TestMesh, shopConfig, startTestMesh } from "../support/mesh.ts";
import { usePostgres } from "../support/postgres.ts";
import { callNative } from "./calling.ts";
import { probe } from "./probe.ts";

const LONGEST_RETIREMENT_MS = 60_000;

describe("databases through changes of the configuration", () => {
  const folder = mkdtempSync(join(tmpdir(), "live-databases-"));
  const [first, second] = ["first", "second"].map((name) => {
    const path = `${name}.sqlite`;
    const database = new Database(join(folder, path));
    database.run("create table docs (name text)");
    database.run("insert into docs values (?)", [name]);
    database.close();
    return { main: { kind: "sqlite", path } } as const;
  });
  if (first === undefined || second === undefined) throw new Error("there are two databases");
  const live = new LiveDatabases(folder, silentLog);

  afterEach(() => {
    vi.useRealTimers();
  });
  afterAll(async () => {
    await live.close();
    rmSync(folder, { recursive: true });
  });

  /** Whether the table holds this name; `undefined` when the database does not answer. */
  const holds = (queries: QueryPort, name: string): Promise<boolean | undefined> =>
    queries
      .exists(
        { db: "main", collection: "docs", find: { kind: "compare", column: "name", operator: "=", value: name } },
        { deadlineMs: Date.now() + 5_000, signal: AbortSignal.timeout(5_000) },
      )
      .catch(() => undefined);
  const keep = (queries: QueryPort): QueryPort => queries;

  test("a change that fails leaves those in force open", async () => {
    vi.useFakeTimers();
    const inForce = live.change(first, keep);
    expect(() =>
      live.change(second, () => {
        throw new Error("a key is no key");
      }),
    ).toThrow("a key is no key");
    vi.advanceTimersByTime(LONGEST_RETIREMENT_MS);
    vi.useRealTimers();
    expect(await holds(inForce, "first")).toBe(true);
  });

  test("a change that succeeds keeps the ones before open for calls under way, and closes them then", async () => {
    vi.useFakeTimers();
    const before = live.change(first, keep);
    const after = live.change(second, keep);
    expect([await holds(before, "first"), await holds(after, "second")]).toEqual([true, true]);
    vi.advanceTimersByTime(LONGEST_RETIREMENT_MS);
    vi.useRealTimers();
    expect([await holds(before, "first"), await holds(after, "second")]).toEqual([undefined, true]);
  });
});

describe("a PostgreSQL that hangs up", () => {
  const postgres = usePostgres();
  let mesh: TestMesh;
  let admin: Client;

  beforeAll(async () => {
    admin = new Client({ connectionString: postgres.url });
    await admin.connect();
    await admin.query("create table docs as select 'u1' as owner");
    const rule = { rule: "query", db: "main", col: "docs", find: { owner: "args.auth.id" } };
    mesh = await startTestMesh({
      kind: "embedded",
      config: shopConfig({ probe: { echo: rule } }, { databases: { main: { kind: "postgres", url: postgres.url } } }),
      services: [probe],
    });
  });
  afterAll(async () => {
    await mesh.stop();
    await admin.end();
  });

  const statusFor = async (id: string): Promise<number> =>
    (await callNative(mesh, "probe/echo", { body: "1", token: await mesh.token({ id }) })).status;

  test("is asked over a new connection, and the gateway lives on", async () => {
    expect([await statusFor("u1"), await statusFor("u2")]).toEqual([200, 403]);
    const { rowCount } = await admin.query(
      "select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = 'postgres' and pid <> pg_backend_pid()",
    );
    expect(rowCount).toBeGreaterThan(0);
    // The farewell of the old connection may still be on its way.
    await expect.poll(() => statusFor("u1"), { timeout: 10_000 }).toBe(200);
    expect(await statusFor("u2")).toBe(403);
  });
});
