import { Database } from "bun:sqlite";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ConfigError } from "../../../gateway/config/config-error.ts";
import { parseConfig } from "../../../gateway/config.ts";
import { runFmesh } from "../../support/fmesh.ts";
import { temporaryFolder } from "../config/watched-file.ts";
import { ENV, administered } from "./administered.ts";

const QUERY = { rule: "query", db: "staff", col: "people", find: { name: "boss" } };
const NEVER = 'database "staff" is not configured; add it to databases';

/** Two projects with the same rule, and a database that one of them may ask. */
async function configured(projects = "[shop]"): Promise<string> {
  const path = join(await temporaryFolder(), "staff.db");
  const database = new Database(path);
  database.run("create table people as select 'boss' as name");
  database.close();
  const services = JSON.stringify({ cart: { functions: { add: { rule: QUERY } } } });
  return `projects:
  - { id: shop, secret: $SHOP_SECRET, services: ${services} }
  - { id: other, secret: $SHOP_SECRET, services: ${services} }
databases:
  staff: { kind: sqlite, path: ${path}, projects: ${projects} }
admin: { users: [{ user: ada, pass: password-of-ada }, { user: joan, pass: password-of-joan, projects: [other] }] }
`;
}

test("a rule asks a database only where that names its project", async () => {
  const gateway = await administered(await configured());
  const token = await gateway.login("ada");
  const call = async (project: string): Promise<number> => {
    const { body } = await gateway.ask("POST", `/v1/admin/projects/${project}/token`, { token, body: {} });
    const path = `/v1/call/${project}/cart/add`;
    return (await gateway.ask("POST", path, { token: body.token, body: {} })).status;
  };
  // Whoever is let through finds that nobody serves it.
  expect([await call("shop"), await call("other")]).toEqual([503, 403]);
});

test("without a list, every project's rules ask it", async () => {
  const gateway = await administered((await configured()).replace(", projects: [shop] }\n", " }\n"));
  const { body } = await gateway.ask("GET", "/v1/admin/projects", { token: await gateway.login("ada") });
  expect(body.projects.map(({ advice }) => advice)).toEqual([[], []]);
});

test("a rule that names a database of others is told to never pass, and whoever may save it reads nothing by it", async () => {
  const gateway = await administered(await configured());
  const advice = [`project "other": services.cart.functions.add.rule: never passes: ${NEVER}`];
  const token = await gateway.login("joan");
  const { etag, projects } = (await gateway.ask("GET", "/v1/admin/projects", { token })).body;
  expect(projects).toMatchObject([{ id: "other", advice }]);
  const body = { cart: { functions: { add: { rule: QUERY } } } };
  const path = "/v1/admin/projects/other/services";
  expect((await gateway.ask("POST", `${path}/check`, { token, body })).body).toMatchObject({ ok: true, advice });
  const saved = await gateway.ask("PUT", path, { token, body, headers: { "If-Match": etag } });
  expect(saved.body).toMatchObject({ advice });
  const given = { "query staff.people": true };
  const question = { service: "cart", function: "add", claims: {}, given };
  expect((await gateway.ask("POST", "/v1/admin/projects/other/explain", { token, body: question })).body).toMatchObject(
    {
      outcome: "deny",
      because: NEVER,
    },
  );
});

test("fmesh rules check says so, too", async () => {
  const folder = await temporaryFolder();
  await Bun.write(join(folder, "fmesh.yaml"), await configured());
  const { code, output } = await runFmesh(["rules", "check", folder], { env: ENV });
  expect(code).toBe(1);
  expect(output).toBe(`✗ other: services.cart.functions.add.rule: never passes: ${NEVER}\n`);
});

test("the list holds texts", () => {
  const parse = (projects: string): unknown =>
    parseConfig(`projects: []\ndatabases: { d: { kind: sqlite, path: d.db, projects: ${projects} } }`, {
      filename: "fmesh.yaml",
      env: {},
    }).databases["d"];
  expect(parse("[shop]")).toEqual({ kind: "sqlite", path: "d.db", projects: ["shop"] });
  expect(() => parse("shop")).toThrow(ConfigError);
});
