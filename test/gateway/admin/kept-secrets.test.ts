import { expect, test } from "vitest";
import { type Administered, type Answer, CONFIG, administered } from "./administered.ts";

const TEXT = "/v1/admin/config";
const PROJECTS = "/v1/admin/projects";
const OLD_PROJECTS = "/v1/api/config/projects";
const MISPLACED = "a marker stands for a secret only where that secret stands";

/** {@link CONFIG}, where the project that joan is limited to has a secret that is written out, too. */
const LITERAL = `${CONFIG.replace("$SHOP_SECRET", "a-literal-secret-of-the-shop-of-32-bytes")}databases:
  main: { kind: postgres, url: "postgres://dbuser:dbpass@db.example.com/shop" }
`;
const SECRETS = /password-of|a-literal-secret|dbpass/;

async function shownText(gateway: Administered, token: string): Promise<{ text: string; markerOf: MarkerOf }> {
  const { text } = (await gateway.ask("GET", TEXT, { token })).body;
  return { text, markerOf: (line) => new RegExp(`${line}("‹kept:[0-9a-f]+›")`).exec(text)?.[1] ?? "" };
}

type MarkerOf = (line: string) => string;

function seen({ body }: Answer): string {
  return JSON.stringify(body);
}

test("a viewer who has a text checked learns none of its secrets from what is said about it", async () => {
  const gateway = await administered(LITERAL);
  const token = await gateway.login("grace");
  const { text, markerOf } = await shownText(gateway, token);
  expect(text).not.toMatch(SECRETS);
  const [pass, url] = [markerOf("ada, pass: "), markerOf("url: ")];
  for (const line of [
    `admin: { users: [{ user: ada, pass: &b ${pass} }] }\nprojects: [{ id: *b }]`,
    `admin: { users: [{ user: ada, pass: &b ${pass} }] }
projects: [{ id: a, services: { s: { functions: { f: { rule: { rule: match, type: *b, eval: *b } } } } } }]`,
    `admin: { users: [{ user: ada, pass: &b ${pass} }] }
projects: [{ id: a, services: { s: { functions: { f: { rule: *b } } } } }]`,
    `projects: [{ id: ${url} }]`,
  ]) {
    const checked = await gateway.ask("POST", `${TEXT}/check`, { token, body: { text: `${line}\n` } });
    expect(checked.body).toMatchObject({ ok: false });
    expect(seen(checked)).toContain(MISPLACED);
    expect(seen(checked)).not.toMatch(SECRETS);
  }
  // At their own places they are what they stand for.
  const same = await gateway.ask("POST", `${TEXT}/check`, { token, body: { text: `${text}# checked\n` } });
  expect(same.body).toMatchObject({ ok: true, problems: [] });
});

test("a text that would show a secret from then on is not saved", async () => {
  const gateway = await administered(LITERAL);
  const token = await gateway.login("ada");
  const { text, markerOf } = await shownText(gateway, token);
  const [secret, pass, url] = [markerOf("secret: "), markerOf("ada, pass: "), markerOf("url: ")];
  for (const changed of [
    text.replace(`secret: ${secret}`, `secret: &x ${secret}\n    name: *x`),
    text.replace("add: {", `add: { example: ${url},`),
    text.replace("rule: deny", `rule: match, type: string, eval: "==", f1: args.auth.id, f2: ${url}`),
    text.replace("rule: deny", `rule: ${pass}`),
  ]) {
    expect(changed).not.toBe(text);
    const refused = await gateway.ask("PUT", TEXT, { token, body: { text: changed }, headers: { "If-Match": "*" } });
    expect(refused.status).toBe(400);
    expect(seen(refused)).toContain(MISPLACED);
    expect(seen(refused)).not.toMatch(SECRETS);
  }
  expect(gateway.text()).toBe(LITERAL);
});

test("the marker of one's own project's secret is nothing among its services", async () => {
  const gateway = await administered(LITERAL);
  const token = await gateway.login("joan");
  const [shop] = (await gateway.ask("GET", OLD_PROJECTS, { token })).body.projects;
  const marker = shop?.["secret"];
  expect(marker).toMatch(/^‹kept:/);
  const rule = { rule: "match", type: marker, eval: "==", f1: "a", f2: "b" };
  for (const entry of [{ rule: "deny", example: { token: marker } }, { rule }, { rule: marker }]) {
    const body = { cart: { functions: { add: entry } } };
    const checked = await gateway.ask("POST", `${PROJECTS}/shop/services/check`, { token, body });
    expect(checked.body).toMatchObject({ ok: false });
    const refused = await gateway.ask("PUT", `${PROJECTS}/shop/services`, {
      token,
      body,
      headers: { "If-Match": "*" },
    });
    expect(refused.status).toBe(400);
    for (const answer of [checked, refused]) {
      expect(seen(answer)).toContain(MISPLACED);
      expect(seen(answer)).not.toMatch(SECRETS);
    }
  }
  const named = await gateway.ask("POST", OLD_PROJECTS, { token, body: { ...shop, name: marker } });
  expect(named.status).toBe(400);
  expect(gateway.text()).toBe(LITERAL);
  // Where the secret stands it stays.
  expect((await gateway.ask("POST", OLD_PROJECTS, { token, body: shop })).status).toBe(200);
  expect(gateway.text()).toBe(LITERAL);
});

test("a project does not get the secret of another one by its marker", async () => {
  const gateway = await administered(LITERAL);
  const ada = await gateway.login("ada");
  const [shop, other] = (await gateway.ask("GET", OLD_PROJECTS, { token: ada })).body.projects;
  const body = { ...shop, secret: other?.["secret"] };
  expect((await gateway.ask("POST", OLD_PROJECTS, { token: ada, body })).status).toBe(400);
  const joan = await gateway.login("joan");
  expect((await gateway.ask("POST", OLD_PROJECTS, { token: joan, body })).status).toBeGreaterThanOrEqual(400);
  expect(gateway.text()).toBe(LITERAL);
});

test.each(["constructor", "__proto__", "prototype"])("a service named %s is refused, not left out", async (name) => {
  const gateway = await administered();
  const token = await gateway.login("joan");
  const body: unknown = JSON.parse(`{ "${name}": { "functions": { "f": { "rule": "allow" } } } }`);
  const options = { token, body, headers: { "If-Match": "*" } };
  const refused = await gateway.ask("PUT", `${PROJECTS}/shop/services`, options);
  expect(refused.status).toBe(400);
  expect(seen(refused)).toContain(`the key \\"${name}\\" is reserved; use another name`);
  const checked = await gateway.ask("POST", `${PROJECTS}/shop/services/check`, options);
  expect(checked.body).toMatchObject({ ok: false });
  expect(gateway.text()).toBe(CONFIG);
});

test("services that are none are told by their names", async () => {
  const gateway = await administered();
  const options = { token: await gateway.login("ada"), headers: { "If-Match": "*" } };
  const put = (body: unknown) => gateway.ask("PUT", `${PROJECTS}/shop/services`, { ...options, body });
  expect((await put([])).body).toMatchObject({ errors: [{ message: "must be services by their names" }] });
  expect((await put({ a: {}, b: "allow", c: null })).body).toMatchObject({
    errors: [{ path: ["b"] }, { path: ["c"], message: "must be a service: { functions: { … } }" }],
  });
});
