import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { CONFIG, administered } from "./administered.ts";

const PATH = "/v1/admin/config";

test("whoever may see everything sees the text without its secrets", async () => {
  const gateway = await administered();
  const token = await gateway.login("grace");
  const { status, headers, body } = await gateway.ask("GET", PATH, { token });
  expect(status).toBe(200);
  expect(headers.get("ETag")).toBe(`"${body.etag}"`);
  expect(headers.get("Cache-Control")).toBe("no-store");
  expect(body).toMatchObject({ file: gateway.file, dialect: "own", canSave: false });
  expect(body.text).toContain("secret: $SHOP_SECRET");
  for (const secret of ["password-of-ada", "password-of-grace", "a-literal-secret"])
    expect(body.text).not.toContain(secret);
});

test.each([
  ["GET", PATH],
  ["PUT", PATH],
  ["POST", `${PATH}/check`],
  ["GET", `${PATH}/history`],
  ["GET", `${PATH}/history/1`],
  ["POST", `${PATH}/history/1`],
  ["GET", "/v1/admin/projects"],
  ["PUT", "/v1/admin/projects/shop/services"],
  ["POST", "/v1/admin/projects/shop/explain"],
  ["GET", "/v1/admin/session"],
])("%s %s wants a token", async (method, path) => {
  const gateway = await administered();
  const body = method === "GET" ? undefined : {};
  const none = await gateway.ask(method, path, { body });
  expect(none.status).toBe(401);
  expect(none.headers.get("Content-Type")).toBe("application/problem+json");
  expect(none.headers.get("WWW-Authenticate")).toContain("Bearer");
  expect((await gateway.ask(method, path, { body, token: "e30.e30.e30" })).status).toBe(401);
});

test("whoever only sees changes nothing, and whoever sees some projects does not see the whole", async () => {
  const gateway = await administered();
  const grace = await gateway.login("grace");
  const { body } = await gateway.ask("GET", PATH, { token: grace });
  const change = { token: grace, body: { text: body.text }, headers: { "If-Match": body.etag } };
  expect((await gateway.ask("PUT", PATH, change)).status).toBe(403);
  const joan = await gateway.login("joan");
  expect((await gateway.ask("GET", PATH, { token: joan })).status).toBe(403);
  expect((await gateway.ask("PUT", PATH, { ...change, token: joan })).status).toBe(403);
  expect((await gateway.ask("GET", `${PATH}/history`, { token: joan })).status).toBe(403);
  expect(gateway.text()).toBe(CONFIG);
});

test("a saved text is in force when the answer comes, and its secrets are the ones it had", async () => {
  const gateway = await administered();
  const token = await gateway.login("ada");
  const { body } = await gateway.ask("GET", PATH, { token });
  const text = body.text.replace("default: { rule: deny }", "default: { rule: allow }");
  const call = () => fetch(`${gateway.url}/v1/call/shop/cart/clear`, { method: "POST", body: "{}" });
  expect((await call()).status).toBe(401);
  const saved = await gateway.ask("PUT", PATH, { token, body: { text }, headers: { "If-Match": `"${body.etag}"` } });
  expect(saved).toMatchObject({ status: 200, body: { warnings: [], advice: [expect.stringContaining("cart")] } });
  expect((await call()).status).toBe(503);
  expect(gateway.text()).toBe(CONFIG.replace("default: { rule: deny }", "default: { rule: allow }"));
  expect(saved.headers.get("ETag")).toBe(`"${saved.body.etag}"`);
  expect((await gateway.ask("GET", PATH, { token })).body.etag).toBe(saved.body.etag);
});

test("a configuration that cannot be used is not saved, and every finding is told with its place", async () => {
  const gateway = await administered();
  const token = await gateway.login("ada");
  const { body } = await gateway.ask("GET", PATH, { token });
  const text = body.text.replace("deny", "dney").replace("port: 0", "port: x");
  const refused = await gateway.ask("PUT", PATH, { token, body: { text }, headers: { "If-Match": body.etag } });
  expect(refused).toMatchObject({ status: 400, body: { code: "invalid_request" } });
  expect(refused.body.findings).toEqual([
    expect.objectContaining({ path: "projects[0].services.cart.functions.default.rule", line: 10, column: 28 }),
    expect.objectContaining({ path: "gateway.port", line: 14 }),
  ]);
  expect(gateway.text()).toBe(CONFIG);
});

test("what the shape does not show is found, too: a database that is not there keeps a text from being saved", async () => {
  const gateway = await administered();
  const token = await gateway.login("ada");
  const { body } = await gateway.ask("GET", PATH, { token });
  const text = `${body.text}databases: { main: { kind: sqlite, path: ./nowhere/none.db } }\n`;
  const refused = await gateway.ask("PUT", PATH, { token, body: { text }, headers: { "If-Match": body.etag } });
  expect(refused.status).toBe(400);
  expect(gateway.text()).toBe(CONFIG);
});

test("of two changes of the same text the second is refused; without If-Match none is taken", async () => {
  const gateway = await administered();
  const token = await gateway.login("ada");
  const { body } = await gateway.ask("GET", PATH, { token });
  const save = (name: string) =>
    gateway.ask("PUT", PATH, {
      token,
      body: { text: body.text.replace("# the shop", `# ${name}`) },
      headers: { "If-Match": `"${body.etag}"` },
    });
  const statuses = (await Promise.all([save("one"), save("two")])).map(({ status }) => status);
  expect(new Set(statuses)).toEqual(new Set([200, 412]));
  expect((await gateway.ask("PUT", PATH, { token, body: { text: body.text } })).status).toBe(428);
});

test("what was changed by hand meanwhile is not overwritten", async () => {
  const gateway = await administered();
  const token = await gateway.login("ada");
  const { body } = await gateway.ask("GET", PATH, { token });
  writeFileSync(gateway.file, `${CONFIG}# by hand\n`);
  const change = { token, body: { text: body.text }, headers: { "If-Match": `"${body.etag}"` } };
  expect((await gateway.ask("PUT", PATH, change)).status).toBe(412);
  expect(gateway.text()).toContain("# by hand");
});

test("a text is checked without being saved, by people who may only see, too", async () => {
  const gateway = await administered();
  const token = await gateway.login("grace");
  const { body } = await gateway.ask("GET", PATH, { token });
  const check = async (text: string) => (await gateway.ask("POST", `${PATH}/check`, { token, body: { text } })).body;
  expect(await check(body.text)).toEqual({ ok: true, problems: [], warnings: [], advice: [] });
  expect(await check("projects: [{ id: a b }")).toMatchObject({ ok: false, problems: [{ line: 1 }] });
  expect(
    await check("projects: [{ id: a, services: { default: { functions: { default: { rule: allow } } } } }]"),
  ).toEqual({
    ok: true,
    problems: [],
    warnings: [],
    advice: [expect.stringContaining("no key"), expect.stringContaining("every service")],
  });
  expect(gateway.text()).toBe(CONFIG);
});

test("the history tells who saved what and when, without secrets; any text of it can be had again with those it had", async () => {
  const gateway = await administered();
  const token = await gateway.login("ada");
  const { body } = await gateway.ask("GET", PATH, { token });
  const text = body.text.replace(/secret: "‹kept[^"]*"/, "secret: another-secret-of-the-other");
  const { etag } = (await gateway.ask("PUT", PATH, { token, body: { text }, headers: { "If-Match": body.etag } })).body;
  const { entries } = (await gateway.ask("GET", `${PATH}/history`, { token })).body;
  expect(entries).toEqual([
    expect.objectContaining({ by: "ada", isCurrent: true }),
    expect.objectContaining({ by: "the file, by hand", isCurrent: false }),
  ]);
  const [newest, oldest] = entries;
  expect(newest?.isCurrent).toBe(true);
  const older = await gateway.ask("GET", `${PATH}/history/${oldest?.id}`, { token });
  expect(older.body.text).not.toContain("a-literal-secret");
  expect(older.body).toMatchObject({ ...oldest, text: body.text });
  const undone = await gateway.ask("POST", `${PATH}/history/${oldest?.id}`, {
    token,
    headers: { "If-Match": etag },
  });
  expect(undone.status).toBe(200);
  expect(gateway.text()).toBe(CONFIG);
  expect((await gateway.ask("GET", `${PATH}/history/nothing`, { token })).status).toBe(404);
});

test("only the newest fifty texts are kept, for the eyes of this user alone", async () => {
  const gateway = await administered();
  const token = await gateway.login("ada");
  let { etag } = (await gateway.ask("GET", PATH, { token })).body;
  for (let index = 0; index < 55; index++) {
    const text = CONFIG.replace("# the shop", `# ${index}`);
    etag = (await gateway.ask("PUT", PATH, { token, body: { text }, headers: { "If-Match": etag } })).body.etag;
  }
  const folder = join(dirname(gateway.file), ".fmesh", "config-history");
  expect(readdirSync(folder)).toHaveLength(50);
  for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
  const { entries } = (await gateway.ask("GET", `${PATH}/history`, { token })).body;
  expect(entries).toHaveLength(50);
  expect(entries[0]?.isCurrent).toBe(true);
});

test("the file keeps its permissions, and a link to it stays a link", async () => {
  const gateway = await administered();
  const real = `${gateway.file}.real`;
  renameSync(gateway.file, real);
  symlinkSync(real, gateway.file);
  chmodSync(real, 0o640);
  const token = await gateway.login("ada");
  const { etag } = (await gateway.ask("GET", PATH, { token })).body;
  const text = CONFIG.replace("# the shop", "# a shop");
  expect((await gateway.ask("PUT", PATH, { token, body: { text }, headers: { "If-Match": etag } })).status).toBe(200);
  expect(lstatSync(gateway.file).isSymbolicLink()).toBe(true);
  expect(statSync(real).mode & 0o777).toBe(0o640);
  expect(gateway.text()).toBe(text);
  expect(readdirSync(dirname(real)).filter((name) => name.endsWith(".tmp"))).toEqual([]);
});

test("a text that cannot be written is not in force either", async () => {
  const gateway = await administered();
  const token = await gateway.login("ada");
  const { etag } = (await gateway.ask("GET", PATH, { token })).body;
  // Where the history is to be, there is a file.
  writeFileSync(join(dirname(gateway.file), ".fmesh"), "");
  const text = CONFIG.replace("{ rule: deny }", "{ rule: allow }");
  expect((await gateway.ask("PUT", PATH, { token, body: { text }, headers: { "If-Match": etag } })).status).toBe(500);
  expect(gateway.text()).toBe(CONFIG);
  expect((await fetch(`${gateway.url}/v1/call/shop/cart/clear`, { method: "POST", body: "{}" })).status).toBe(401);
});

test("a text of the history that was cut off keeps nobody from saving another", async () => {
  const gateway = await administered();
  const folder = join(dirname(gateway.file), ".fmesh", "config-history");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${"0".repeat(32)}.json`), '{"at":"2026');
  const token = await gateway.login("ada");
  const { etag } = (await gateway.ask("GET", PATH, { token })).body;
  const text = CONFIG.replace("# the shop", "# a shop");
  expect((await gateway.ask("PUT", PATH, { token, body: { text }, headers: { "If-Match": etag } })).status).toBe(200);
  expect((await gateway.ask("GET", `${PATH}/history`, { token })).body.entries).toHaveLength(2);
});

test("a password that is too short is told in what to know", async () => {
  const gateway = await administered(CONFIG.replace("password-of-joan", "joan"));
  const token = await gateway.login("ada");
  const { text } = (await gateway.ask("GET", PATH, { token })).body;
  expect((await gateway.ask("POST", `${PATH}/check`, { token, body: { text } })).body).toMatchObject({
    advice: [expect.stringContaining('administrator "joan"')],
  });
});

test("a body that is no JSON is refused without quoting it", async () => {
  const gateway = await administered();
  const response = await fetch(`${gateway.url}/v1/admin/login`, { method: "POST", body: '{"user":"ada","pass":hush' });
  expect(response.status).toBe(400);
  expect(await response.text()).not.toContain("hush");
});
