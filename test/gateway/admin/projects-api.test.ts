import { expect, test } from "vitest";
import { CONFIG, administered } from "./administered.ts";

const PROJECTS = "/v1/admin/projects";

test("projects are shown with their rules in words, and nothing of their keys but whether there are any", async () => {
  const gateway = await administered();
  const { status, body, headers } = await gateway.ask("GET", PROJECTS, { token: await gateway.login("grace") });
  expect(status).toBe(200);
  expect(body).toEqual({
    projects: [
      {
        id: "shop",
        hasKey: true,
        registration: "token",
        services: {
          cart: {
            functions: {
              add: {
                rule: { rule: "authenticated" },
                words: "callers with a valid token",
                record: { mode: "result", required: true, redact: [], maxBytes: expect.any(Number) as number },
              },
              default: { rule: { rule: "deny" }, words: "nobody" },
            },
          },
        },
        advice: [],
      },
      { id: "other", hasKey: true, registration: "token", services: {}, advice: [] },
    ],
    etag: body.etag,
    canSave: false,
  });
  expect(headers.get("ETag")).toBe(`"${body.etag}"`);
});

test("whoever may see one project sees and changes that one alone", async () => {
  const gateway = await administered();
  const token = await gateway.login("joan");
  const { body } = await gateway.ask("GET", PROJECTS, { token });
  expect(body.projects.map(({ id }) => id)).toEqual(["shop"]);
  const change = { token, body: {}, headers: { "If-Match": body.etag } };
  expect((await gateway.ask("PUT", `${PROJECTS}/other/services`, change)).status).toBe(403);
  expect((await gateway.ask("PUT", `${PROJECTS}/nowhere/services`, change)).status).toBe(403);
  expect((await gateway.ask("POST", `${PROJECTS}/other/explain`, { token, body: {} })).status).toBe(403);
  expect((await gateway.ask("PUT", `${PROJECTS}/shop/services`, change)).status).toBe(200);
});

test("changed services are an edit of the file: comments, order and what is not about them stay", async () => {
  const gateway = await administered();
  const token = await gateway.login("ada");
  const { body } = await gateway.ask("GET", PROJECTS, { token });
  const [shop] = body.projects;
  const services = structuredClone(shop?.["services"]) as Record<string, { functions: Record<string, object> }>;
  const role = { rule: "match", type: "string", eval: "==", f1: "args.auth.role", f2: "admin" };
  services["cart"] = {
    functions: { ...services["cart"]?.functions, clear: { rule: role }, default: { rule: "allow" } },
  };
  const saved = await gateway.ask("PUT", `${PROJECTS}/shop/services`, {
    token,
    body: services,
    headers: { "If-Match": `"${body.etag}"` },
  });
  expect(saved.status).toBe(200);
  const clear = `clear: { rule: { rule: match, type: string, eval: ==, f1: args.auth.role, f2: admin } }`;
  expect(gateway.text()).toBe(
    CONFIG.replace("default: { rule: deny }", `default: { rule: allow }\n          ${clear}`),
  );
});

test("rules that cannot be used are refused with their findings, and nothing is changed", async () => {
  const gateway = await administered();
  const token = await gateway.login("ada");
  const { body } = await gateway.ask("GET", PROJECTS, { token });
  const refused = await gateway.ask("PUT", `${PROJECTS}/shop/services`, {
    token,
    body: { "a b": { functions: {} }, cart: { functions: { add: { rule: "alow" } } } },
    headers: { "If-Match": body.etag },
  });
  expect(refused.status).toBe(400);
  expect(refused.body.findings).toEqual([
    expect.objectContaining({ path: "projects[0].services.cart.functions.add.rule" }),
    expect.objectContaining({ path: 'projects[0].services["a b"]' }),
  ]);
  const noServices = { token, body: { cart: "allow" }, headers: { "If-Match": body.etag } };
  expect((await gateway.ask("PUT", `${PROJECTS}/shop/services`, noServices)).status).toBe(400);
  expect(gateway.text()).toBe(CONFIG);
});

test("parts that two projects share by an anchor are not changed for both behind somebody's back", async () => {
  const text = `projects:
  - { id: shop, secret: $SHOP_SECRET, services: &s { cart: { functions: { add: { rule: allow } } } } }
  - { id: other, secret: $SHOP_SECRET, services: *s }
admin: { users: [{ user: ada, pass: password-of-ada }] }
`;
  const gateway = await administered(text);
  const token = await gateway.login("ada");
  const { etag } = (await gateway.ask("GET", PROJECTS, { token })).body;
  const body = { cart: { functions: { add: { rule: "deny" } } } };
  const refused = await gateway.ask("PUT", `${PROJECTS}/shop/services`, { token, body, headers: { "If-Match": etag } });
  expect(refused.status).toBe(400);
  expect(gateway.text()).toBe(text);
});

test("a call is explained by the rule in force, or by one that is being tried", async () => {
  const gateway = await administered();
  const token = await gateway.login("grace");
  const explain = async (body: object) => (await gateway.ask("POST", `${PROJECTS}/shop/explain`, { token, body })).body;
  expect(await explain({ service: "cart", function: "clear", claims: { id: "u1" } })).toEqual({
    outcome: "deny",
    because: "deny always refuses",
    ruleOf: { service: "cart", function: "default" },
    words: "nobody",
    decidedBy: { path: "", rule: { rule: "deny" }, because: "deny always refuses" },
    explanation: { rule: { rule: "deny" }, path: "", outcome: "refused", because: "deny always refuses" },
  });
  expect(await explain({ service: "cart", function: "add" })).toMatchObject({ outcome: "unauthenticated" });
  expect(await explain({ service: "none", function: "add", claims: {} })).toEqual({
    outcome: "deny",
    because: "there is no rule for this function",
  });
  const rule = { rule: "or", clauses: ["deny", { rule: "func", service: "billing", func: "check" }] };
  const tried = { service: "cart", function: "add", claims: {}, rule };
  expect(await explain(tried)).toMatchObject({ outcome: "deny" });
  expect(await explain({ ...tried, given: { "func billing.check": true } })).toMatchObject({
    outcome: "allow",
    decidedBy: { path: "clauses[1]" },
  });
});

test("a file of 2019 is one of today's after the first change, and the history has it as it was", async () => {
  const text = `projects:
- id: shop
  secret: $SHOP_SECRET
  modules: { functions: { services: { cart: { functions: { add: { rule: { rule: allow } } } } } } }
admin: { users: [{ user: ada, pass: password-of-ada, scopes: { all: [all] } }] }
`;
  const gateway = await administered(text);
  const token = await gateway.login("ada");
  const { etag } = (await gateway.ask("GET", PROJECTS, { token })).body;
  const body = { cart: { functions: { add: { rule: "deny" } } } };
  const saved = await gateway.ask("PUT", `${PROJECTS}/shop/services`, { token, body, headers: { "If-Match": etag } });
  expect(saved.status).toBe(200);
  expect((await gateway.ask("GET", "/v1/admin/config", { token })).body).toMatchObject({ dialect: "own" });
  const { entries } = (await gateway.ask("GET", "/v1/admin/config/history", { token })).body;
  const first = await gateway.ask("GET", `/v1/admin/config/history/${entries[1]?.id}`, { token });
  expect(first.body.text).toContain("modules:");
});

test("a one-time code is exchanged for a token, once", async () => {
  const gateway = await administered();
  const code = gateway.auth.issue({ user: "console", role: "admin", projects: undefined });
  const session = await gateway.ask("POST", "/v1/admin/session", { body: { code } });
  expect(session).toMatchObject({ status: 200, body: { user: "console", role: "admin" } });
  const who = await gateway.ask("GET", "/v1/admin/session", { token: session.body.token });
  expect(who).toMatchObject({ status: 200, body: { user: "console", role: "admin", canSave: true } });
  expect((await gateway.ask("POST", "/v1/admin/session", { body: { code } })).status).toBe(401);
});

test("too many failed logins are answered with when to try again", async () => {
  const gateway = await administered();
  const login = () => gateway.ask("POST", "/v1/admin/login", { body: { user: "ada", pass: "?" } });
  const answers = await Promise.all(Array.from({ length: 20 }, login));
  const limited = answers.filter(({ status }) => status === 429);
  expect(limited.length).toBeGreaterThan(0);
  expect(limited[0]?.headers.get("Retry-After")).toBe("1");
});

test("a gateway without a file shows what is in force, and says that nothing can be saved", async () => {
  const gateway = await administered(CONFIG, { hasStore: false });
  const token = await gateway.login("ada");
  const { status, body, headers } = await gateway.ask("GET", PROJECTS, { token });
  expect({ status, canSave: body.canSave, etag: headers.get("ETag") }).toEqual({
    status: 200,
    canSave: false,
    etag: null,
  });
  expect(body.projects.map(({ id }) => id)).toEqual(["shop", "other"]);
  const question = { service: "cart", function: "add", claims: {} };
  expect((await gateway.ask("POST", `${PROJECTS}/shop/explain`, { token, body: question })).status).toBe(200);
  const change = { token, body: {}, headers: { "If-Match": "*" } };
  expect((await gateway.ask("PUT", `${PROJECTS}/shop/services`, change)).status).toBe(501);
  expect((await gateway.ask("GET", "/v1/admin/config", { token })).status).toBe(501);
  const text = { ...change, body: { text: CONFIG } };
  expect((await gateway.ask("PUT", "/v1/admin/config", text)).status).toBe(501);
  expect((await gateway.ask("POST", "/v1/admin/config/check", text)).body).toMatchObject({ ok: true });
  const old = await gateway.ask("GET", "/v1/api/config/projects", { token });
  expect(old.body.projects.map(({ secret }) => secret)).toEqual([
    expect.stringContaining("kept"),
    expect.stringContaining("kept"),
  ]);
  expect(gateway.text()).toBe(CONFIG);
});

test("what a change of services would make of the file is told to whoever sees all of it, and nothing is saved", async () => {
  const gateway = await administered();
  const path = `${PROJECTS}/shop/services/check`;
  const body = { cart: { functions: { default: { rule: "allow", words: "everybody" } } } };
  const all = await gateway.ask("POST", path, { token: await gateway.login("grace"), body });
  expect(all.body).toMatchObject({ ok: true, problems: [], before: expect.stringContaining("# puts in") as string });
  expect(all.body).toMatchObject({
    after: expect.stringContaining("default: { rule: allow }") as string,
    advice: [expect.stringContaining("anybody may call every function") as string],
  });
  expect(JSON.stringify(all.body)).not.toContain("a-literal-secret");
  const joan = await gateway.login("joan");
  const some = await gateway.ask("POST", path, { token: joan, body });
  expect(Object.keys(some.body)).toEqual(["ok", "problems", "warnings", "advice"]);
  const broken = { cart: { functions: { add: { rule: { rule: "match" } } } } };
  expect((await gateway.ask("POST", path, { token: joan, body: broken })).body).toMatchObject({ ok: false });
  expect((await gateway.ask("POST", `${PROJECTS}/other/services/check`, { token: joan, body })).status).toBe(403);
  expect(gateway.text()).toBe(CONFIG);
});
