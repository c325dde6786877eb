import { expect, test } from "vitest";
import { type Administered, CONFIG, administered } from "./administered.ts";

const BASE = "/v1/api/config";

/** The same without administrators: nobody has to log in where only this machine reaches the gateway. */
const NOBODY = CONFIG.slice(0, CONFIG.indexOf("admin:"));

const ADDER = {
  id: "adder",
  name: "Adder",
  secret: "a secret of the adder, of thirty-two bytes",
  modules: {
    functions: {
      enabled: true,
      broker: "nats",
      conn: "nats://localhost:4222",
      services: { arithmetic: { functions: { sum: { rule: { rule: "allow" } } } } },
    },
    pubsub: { enabled: true, rules: [{ subject: "/a", rule: { publish: { rule: "authenticated" } } }] },
  },
};

function statusOf(gateway: Administered, path: string): Promise<number> {
  return fetch(gateway.url + path, { method: "POST", body: "{}" }).then(({ status }) => status);
}

test("without administrators, tools of this machine need no token", async () => {
  const gateway = await administered(NOBODY, { isDevelopment: true });
  expect((await gateway.ask("GET", `${BASE}/env`)).body).toEqual({ isProd: false });
  expect((await gateway.ask("GET", `${BASE}/projects`)).status).toBe(200);
  const page = { headers: { Origin: "http://localhost:3000" } };
  expect((await gateway.ask("GET", `${BASE}/env`, page)).body).toEqual({ isProd: false });
});

test.each([
  ["a page of another site", { Origin: "https://evil.example" }],
  ["a page that does not say of which", { Origin: "null" }],
  ["a page that is served under a name which leads to this machine", { Host: "evil.example" }],
  ["a page of another site, in a browser that says so", { "Sec-Fetch-Site": "cross-site" }],
  ["a proxy", { "X-Forwarded-For": "203.0.113.7" }],
])("%s needs a token even then", async (_who, headers) => {
  const gateway = await administered(NOBODY, { isDevelopment: true });
  expect((await gateway.ask("GET", `${BASE}/env`, { headers })).body).toEqual({ isProd: true });
  const refused = await gateway.ask("POST", `${BASE}/projects`, { headers, body: ADDER });
  expect(refused).toMatchObject({ status: 401, body: { error: expect.any(String) as string } });
  expect((await gateway.ask("POST", BASE, { headers, body: ADDER })).status).toBe(400);
  expect(gateway.text()).toBe(NOBODY);
});

test.each([
  ["there are administrators", CONFIG, true],
  ["it is not a mesh for development", NOBODY, false],
])("a token is needed where %s", async (_why, text, isDevelopment) => {
  const gateway = await administered(text, { isDevelopment });
  expect((await gateway.ask("GET", `${BASE}/env`)).body).toEqual({ isProd: true });
  expect((await gateway.ask("GET", `${BASE}/projects`)).status).toBe(401);
  for (const path of ["projects", "static", "deploy", "operation"]) {
    expect((await gateway.ask("POST", `${BASE}/${path}`, { body: {} })).status).toBe(401);
  }
  expect((await gateway.ask("DELETE", `${BASE}/shop`)).status).toBe(401);
  expect((await gateway.ask("POST", BASE, { body: ADDER })).status).toBe(400);
});

test("logging in gets a token and the projects, as they were written in 2019 and without their secrets", async () => {
  const gateway = await administered();
  const wrong = await gateway.ask("POST", `${BASE}/login`, { body: { user: "ada", pass: "?" } });
  expect(wrong).toMatchObject({ status: 401, body: { error: "invalid credentials provided" } });
  const { status, body } = await gateway.ask("POST", `${BASE}/login`, {
    body: { user: "ada", pass: "password-of-ada" },
  });
  expect(status).toBe(200);
  const [shop, other] = body.projects;
  expect(shop).toMatchObject({
    id: "shop",
    name: "shop",
    secret: "$SHOP_SECRET",
    modules: {
      functions: {
        enabled: true,
        services: {
          cart: { functions: { add: { rule: { rule: "authenticated" } }, default: { rule: { rule: "deny" } } } },
        },
      },
    },
  });
  expect(other?.["secret"]).toMatch(/^‹kept:/);
  expect((await gateway.ask("GET", `${BASE}/projects`, { token: body.token })).body.projects).toEqual(body.projects);
});

test("a project that comes back unchanged changes nothing: secrets, records, comments stay", async () => {
  const gateway = await administered();
  const token = await gateway.login("ada");
  const { projects } = (await gateway.ask("GET", `${BASE}/projects`, { token })).body;
  for (const project of projects) {
    expect(await gateway.ask("POST", `${BASE}/projects`, { token, body: project })).toMatchObject({
      status: 200,
      body: {},
    });
  }
  expect(gateway.text()).toBe(CONFIG);
});

test("a project is added, live and in the file; another secret takes the place of the one before", async () => {
  const gateway = await administered();
  const token = await gateway.login("ada");
  expect((await gateway.ask("POST", `${BASE}/projects`, { token, body: ADDER })).status).toBe(200);
  expect(await statusOf(gateway, "/v1/call/adder/arithmetic/sum")).toBe(503);
  expect(gateway.text()).toContain("publish: authenticated");
  const changed = { ...ADDER, secret: "another one of the adder, of thirty-two bytes" };
  expect((await gateway.ask("POST", `${BASE}/projects`, { token, body: changed })).status).toBe(200);
  expect(gateway.text()).toContain("secret: another one");
  expect(gateway.text()).not.toContain(ADDER.secret);
  expect(gateway.text()).toContain("# the shop");
});

test("project objects of other versions are taken, too", async () => {
  const gateway = await administered(NOBODY, { isDevelopment: true });
  const rules = { arithmetic: { sum: { rule: "allow" } } };
  const old = { id: "old", secret: "s".repeat(32), modules: { functions: { enabled: true, rules } } };
  expect((await gateway.ask("POST", BASE, { body: old })).status).toBe(200);
  expect(await statusOf(gateway, "/v1/call/old/arithmetic/sum")).toBe(503);
  const endpoints = { sum: { path: "/sum", rule: { rule: "allow" } } };
  const services = { externalServices: { arithmetic: { url: "http://localhost", endpoints } } };
  const later = { id: "later", secret: "s".repeat(32), modules: { services } };
  expect((await gateway.ask("POST", `${BASE}/projects`, { body: later })).status).toBe(200);
  expect(await statusOf(gateway, "/v1/call/later/arithmetic/sum")).toBe(503);
});

test("a project that cannot be used is refused in one text, and nothing is changed", async () => {
  const gateway = await administered();
  const token = await gateway.login("ada");
  const rule = { rule: { rule: "match", type: "string", eval: "=>", f1: "a", f2: "b" } };
  const broken = { id: "shop", modules: { functions: { services: { cart: { functions: { add: rule } } } } } };
  const refused = await gateway.ask("POST", `${BASE}/projects`, { token, body: broken });
  expect(refused).toMatchObject({ status: 400, body: { error: expect.stringContaining("=>") as string } });
  expect((await gateway.ask("POST", `${BASE}/projects`, { token, body: { modules: {} } })).status).toBe(400);
  expect(gateway.text()).toBe(CONFIG);
});

test("roles and scopes hold here, too", async () => {
  const gateway = await administered();
  const grace = await gateway.login("grace");
  expect((await gateway.ask("POST", `${BASE}/projects`, { token: grace, body: ADDER })).status).toBe(403);
  const joan = await gateway.login("joan");
  expect((await gateway.ask("POST", `${BASE}/projects`, { token: joan, body: ADDER })).status).toBe(403);
  const { projects } = (await gateway.ask("GET", `${BASE}/projects`, { token: joan })).body;
  expect(projects.map(({ id }) => id)).toEqual(["shop"]);
  expect(gateway.text()).toBe(CONFIG);
});

test("what was never there is answered as it was", async () => {
  const gateway = await administered();
  const token = await gateway.login("ada");
  expect(await gateway.ask("DELETE", `${BASE}/shop`, { token })).toMatchObject({
    status: 500,
    body: { error: "Operation not supported" },
  });
  expect((await gateway.ask("GET", `${BASE}/static`, { token })).body).toEqual({ routes: [], internalRoutes: [] });
  expect((await gateway.ask("GET", `${BASE}/deploy`, { token })).body).toEqual({ deploy: {} });
  expect((await gateway.ask("POST", `${BASE}/operation`, { token, body: {} })).status).toBe(403);
  const routes = { routes: [], internalRoutes: [] };
  expect((await gateway.ask("POST", `${BASE}/static`, { token, body: routes })).status).toBe(200);
  expect((await gateway.ask("POST", `${BASE}/static`, { token, body: { routes: [{}] } })).status).toBe(500);
});
