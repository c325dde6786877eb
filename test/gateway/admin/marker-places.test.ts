import { expect, test } from "vitest";
import { ConfigError } from "../../../gateway/config/config-error.ts";
import { SecretMarkers } from "../../../gateway/config/secrets/hide-secrets.ts";

const FILE = "fmesh.yaml";
const MISPLACED =
  "a marker stands for a secret only where that secret stands; write the value, or leave the line as it is";
const DATABASE = "postgres://user:pass-of-db@db/shop";
const BEFORE = `
admin: { secret: of-admin, users: [{ user: ada, pass: of-ada }] }
projects:
  - id: a
    secret: of-a
    services:
      s: { functions: { f: { rule: { rule: webhook, url: "https://u:of-hook@h/x" }, example: { token: of-example } } } }
  - id: b
    secret: of-b
databases: { main: { kind: postgres, url: "${DATABASE}" } }
`;

const markers = new SecretMarkers();
const [ADMIN, ADA, OF_A, HOOK, EXAMPLE, OF_B, DB] = await Promise.all(
  ["of-admin", "of-ada", "of-a", "https://u:of-hook@h/x", "of-example", "of-b", DATABASE].map(async (secret) => {
    return JSON.stringify(await markers.markerOf(secret));
  }),
);

interface Restored {
  readonly text?: string;
  readonly problems?: readonly string[];
}

async function restore(text: string, { before = BEFORE, filename = FILE, within = [] as (string | number)[] } = {}) {
  try {
    return { text: await markers.restore(text, { before, filename, within }) } satisfies Restored;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    expect(error.message).not.toMatch(/of-(?:admin|ada|a|b|db|hook|example)\b/);
    return { problems: error.problems.map(({ path, message }) => `${path}: ${message}`) } satisfies Restored;
  }
}

test.each([
  ["an id", `projects: [{ id: ${DB} }]`, "projects[0].id"],
  ["a name", `projects: [{ id: a, name: ${OF_A} }]`, "projects[0].name"],
  ["the name of a user", `admin: { users: [{ user: ${ADA}, pass: x }] }`, "admin.users[0].user"],
  ["a key", `projects: [{ id: a, ${OF_A}: x }]`, `projects[0][${OF_A}]`],
  [
    "a rule",
    `projects: [{ id: a, services: { s: { functions: { f: { rule: { rule: match, f1: ${DB} } } } } } }]`,
    "projects[0].services.s.functions.f.rule.f1",
  ],
  [
    "an example",
    `projects: [{ id: a, services: { s: { functions: { f: { example: { token: ${OF_A} } } } } } }]`,
    "projects[0].services.s.functions.f.example.token",
  ],
  [
    "the rule of a subject",
    `projects: [{ id: a, pubsub: { rules: [{ subject: /x, publish: { rule: webhook, url: ${DB} } }] } }]`,
    "projects[0].pubsub.rules[0].publish.url",
  ],
  ["a section of 2019", `projects: [{ id: a, modules: { crud: { pass: ${ADA} } } }]`, "projects[0].modules.crud.pass"],
  ["a host", `gateway: { host: ${DB} }`, "gateway.host"],
  ["the address of a registry", `builder: { registry: ${ADA} }`, "builder.registry"],
  ["a key that only looks like a path", `admin: { "users[].pass": ${ADA} }`, 'admin["users[].pass"]'],
])("a marker that stands as %s is refused, and its place is told", async (_what, text, path) => {
  expect(await restore(`${text}\n`)).toEqual({ problems: [`${path}: ${MISPLACED}`] });
});

test.each([
  ["an alias", `admin: { users: [{ user: x, pass: &p ${ADA} }] }\nprojects: [{ id: a, name: *p }]`, 2],
  ["an alias of what it is in", `admin: { users: &u [{ user: x, pass: ${ADA} }] }\nx: *u`, 2],
  ["a merge", `admin: { users: [&u { pass: ${ADA} }] }\nprojects: [{ id: a, <<: *u }]`, 2],
  ["one of several merges", `admin: { users: [&u { pass: ${ADA} }] }\nx: { <<: [*u] }`, 2],
  ["an alias of a rule", `x: &r { rule: webhook, url: ${DB} }\ndatabases: { m: *r }`, 1],
])("a marker counts where %s stands, too", async (_what, text, line) => {
  const refused = expect.objectContaining({ line, message: MISPLACED }) as unknown;
  await expect(markers.restore(`${text}\n`, { before: BEFORE, filename: FILE })).rejects.toMatchObject({
    problems: expect.arrayContaining([refused]) as unknown,
  });
});

test("a secret is put where nothing but secrets stand, wherever it was before", async () => {
  const moved = await restore(`
admin: { secret: ${OF_B}, users: [{ user: x, pass: ${ADA} }, { user: y, pass: ${ADA} }] }
projects: [{ id: c, auth: { secrets: [${OF_A}, ${ADMIN}] } }]
databases: { other: { kind: postgres, url: ${DB} } }
`);
  expect(moved).toEqual({
    text: `
admin: { secret: of-b, users: [{ user: x, pass: of-ada }, { user: y, pass: of-ada }] }
projects: [{ id: c, auth: { secrets: [of-a, of-admin] } }]
databases: { other: { kind: postgres, url: "${DATABASE}" } }
`,
  });
});

test("what is not hidden there by itself is not put there: an address that is overridden would be shown", async () => {
  const text = `
x: &m { url: ${DB} }
databases: { m: { <<: { url: ${ADA} }, kind: postgres, url: "postgres://h/d" } }
`;
  expect(await restore(text)).toEqual({
    problems: [`x.url: ${MISPLACED}`, `databases.m.url: ${MISPLACED}`],
  });
});

test("what was hidden for an alias alone is not put back without it", async () => {
  const before = "projects: [{ id: a, name: &n of-a, secret: *n }]\n";
  const name = `projects: [{ id: a, name: &n ${OF_A}, secret`;
  expect(await restore(`${name}: *n }] # edited\n`, { before })).toEqual({
    text: "projects: [{ id: a, name: &n of-a, secret: *n }] # edited\n",
  });
  expect(await restore(`${name}: other }]\n`, { before })).toEqual({ problems: [`projects[0].name: ${MISPLACED}`] });
});

test("a secret that stands among rules stays where it is, also when what is before it has changed", async () => {
  const hidden = await markers.hide(BEFORE, FILE);
  for (const marker of [HOOK, EXAMPLE]) expect(hidden).toContain(marker);
  const edit = (text: string): string =>
    text.replace("projects:\n", "projects:\n  - { id: new, services: {} } # before\n").replace("id: b", "id: c");
  expect(await restore(edit(hidden))).toEqual({ text: edit(BEFORE) });
  const other = hidden.replace("f: {", "g: {");
  expect((await restore(other)).problems).toHaveLength(2);
});

test("anchors of the author's own stay as they are, in files of 2019 and in JSON alike", async () => {
  const old = `
defaults: &d { secret: of-a, other: &u "nats://of-broker@h" } # shared
projects:
  - { <<: *d, id: a, modules: { functions: { conn: *u }, auth: { google: { id: x, secret: of-google } } } }
admin: { users: [{ user: ada, pass: 'it''s' }] }
`;
  const hidden = await markers.hide(old, FILE);
  expect(hidden).not.toMatch(/of-|it''s/);
  expect(await restore(`${hidden}# edited\n`, { before: old })).toEqual({ text: `${old}# edited\n` });
  const alone = "id: a\nsecret: of-a\nmodules: { functions: { conn: 'nats://of-broker@h' } }\n";
  const edited = (await markers.hide(alone, FILE)).replace("id: a", "id: b");
  expect(await restore(edited, { before: alone })).toEqual({ text: alone.replace("id: a", "id: b") });
  const json = '{"projects":[{"id":"a","secret":"of-a"}]}';
  const hiddenJson = (await markers.hide(json, "fmesh.json")).replace('"a"', '"b"');
  expect(await restore(hiddenJson, { before: json, filename: "fmesh.json" })).toEqual({
    text: json.replace('"a"', '"b"'),
  });
});

test("within a project the markers of its own secrets count alone, and nowhere else", async () => {
  const within = ["projects", 0];
  expect(await restore(`projects: [{ id: a, secrets: [x, ${OF_A}] }]\n`, { within })).toEqual({
    text: "projects: [{ id: a, secrets: [x, of-a] }]\n",
  });
  for (const [text, path] of [
    [`projects: [{ id: a, secret: ${OF_B} }]\n`, "projects[0].secret"],
    [`projects: [{ id: a, secret: ${ADA} }]\n`, "projects[0].secret"],
  ] as const) {
    expect(await restore(text, { within })).toEqual({ problems: [expect.stringContaining(`${path}: this marker`)] });
  }
  const elsewhere = `projects: [{ id: a, secret: x }, { id: b, secret: ${OF_A} }]\n`;
  expect(await restore(elsewhere, { within })).toEqual({ problems: [`projects[1].secret: ${MISPLACED}`] });
});

test("each place that is refused is told, of any number", async () => {
  const many = Array.from({ length: 10_000 }, () => `{ id: ${OF_A} }`).join(",\n  ");
  expect((await restore(`projects: [${many}]\n`)).problems).toHaveLength(10_000);
});

test("all secrets of a key are hidden, those of more than two primes, too", async () => {
  const key = "{ kty: RSA, n: public, d: of-a, oth: [{ r: of-a, d: of-b, t: of-ada }] }";
  const hidden = await markers.hide(`projects: [{ id: a, auth: { keys: [${key}] } }]\n`, FILE);
  expect(hidden).not.toContain("of-");
  expect(hidden).toContain("public");
});
