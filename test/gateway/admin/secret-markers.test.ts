import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { ConfigError } from "../../../gateway/config/config-error.ts";
import { SecretMarkers } from "../../../gateway/config/secrets/hide-secrets.ts";

const FILE = "fmesh.yaml";
const MARKER = /"‹kept:[0-9a-f]{16}›"/g;
const markers = new SecretMarkers();

const TEXT = `# who may call what
projects:
  - id: a
    secret: &shared hush, hush # ours
    auth: { keys: [{ kty: oct, k: symmetric }, "-----BEGIN PUBLIC KEY-----"], issuer: me }
    services: { s: { functions: { f: { rule: { rule: query, db: d, col: t, find: { token: args.auth.token } } } } } }
admin:
  secret: |
    a block
  users: [{ user: x, pass: *shared }, { user: y, pass: $Y }, { user: z, pass: 'it''s z' }]
broker: { url: "nats://broker-token@host:4222" }
databases: { m: { kind: postgres, url: "postgres://u:pass-of-u@db/x" }, n: { kind: postgres, url: "postgres://u@db/x" } }
deployer: { local: { secrets: /etc/secrets } }
workers: [{ run: ./a.ts, env: { KEY: of-a-worker, OTHER: $OTHER } }]
`;
const SECRETS = ["hush, hush", "symmetric", "a block", "it''s z", "broker-token", "pass-of-u", "of-a-worker"];

function problemsOf(work: Promise<unknown>): Promise<string[]> {
  return work.then(
    () => [],
    (error: unknown) => {
      if (error instanceof ConfigError) return error.problems.map(({ line, message }) => `${line}: ${message}`);
      throw error;
    },
  );
}

test("every literal secret is hidden, whatever its style; what is a name, a folder, a public key or a rule is shown", async () => {
  const hidden = await markers.hide(TEXT, FILE);
  for (const secret of SECRETS) expect(hidden).not.toContain(secret);
  expect(hidden.match(MARKER)).toHaveLength(SECRETS.length);
  for (const shown of [
    "# ours",
    "$Y",
    "$OTHER",
    "postgres://u@db/x",
    "/etc/secrets",
    "args.auth.token",
    "PUBLIC KEY",
  ]) {
    expect(hidden).toContain(shown);
  }
});

test("a text that comes back unchanged is the text that was hidden", async () => {
  const hidden = await markers.hide(TEXT, FILE);
  expect(await markers.restore(hidden, { before: TEXT, filename: FILE })).toBe(TEXT);
});

test("secrets are put back where they stood, also when lines around them have changed", async () => {
  const hidden = await markers.hide(TEXT, FILE);
  const edited = hidden.replace("# ours", "# still ours").replace("id: a", "id: b");
  const restored = await markers.restore(edited, { before: TEXT, filename: FILE });
  expect(restored).toContain('secret: &shared "hush, hush" # still ours');
  expect(restored).toContain("'it''s z'");
  expect(restored).toContain(String.raw`secret: "a block\n"`);
  expect(await markers.restore(await markers.hide(restored, FILE), { before: restored, filename: FILE })).toBe(
    restored,
  );
});

test("a secret goes with its entry: who is moved up in a list does not get the password of the one before", async () => {
  const before = "admin: { users: [{ user: x, pass: of-x }, { user: y, pass: of-y }] }\n";
  const hidden = await markers.hide(before, FILE);
  const edited = hidden.replace(/\{ user: x, pass: "[^"]*" \}, /, "");
  expect(await markers.restore(edited, { before, filename: FILE })).toBe(
    "admin: { users: [{ user: y, pass: of-y }] }\n",
  );
});

test("a marker where its secret would be shown is refused, and so is one that nobody knows", async () => {
  const before = "broker: { token: hush }\nprojects: []\n";
  const [marker = ""] = (await markers.hide(before, FILE)).match(MARKER) ?? [];
  const moved = `broker: { token: x }\nprojects: [{ id: a, name: ${marker} }]\n`;
  expect(await problemsOf(markers.restore(moved, { before, filename: FILE }))).toEqual([
    expect.stringMatching(/^2: a marker stands for a secret only where that secret stands/),
  ]);
  const unknown = 'broker: { token: "‹kept:0000000000000000›" }\n';
  expect(await problemsOf(markers.restore(unknown, { before, filename: FILE }))).toEqual([
    expect.stringMatching(/^1: this marker is not known any more/),
  ]);
  const asKey = `broker: { ${marker}: x }\n`;
  expect(await problemsOf(markers.restore(asKey, { before, filename: FILE }))).toHaveLength(1);
});

test("a text that cannot be read is not shown at all, and the reason does not quote it", async () => {
  expect(await problemsOf(markers.hide("broker: { token: hush", FILE))).toEqual([expect.not.stringContaining("hush")]);
});

test("another process knows none of the markers: they say nothing about a secret that could be tried out", async () => {
  const hidden = await markers.hide(TEXT, FILE);
  expect(await new SecretMarkers().hide(TEXT, FILE)).not.toBe(hidden);
});

test("files of 2019 and JSON are hidden alike", async () => {
  const fixture = new URL("../config/fixtures/space-cloud-0.12.yaml", import.meta.url);
  const old = await markers.hide(readFileSync(fixture, "utf8"), FILE);
  for (const secret of ["admin-jwt-secret", "123", "of grace"]) expect(old).not.toContain(secret);
  const json = await markers.hide('{"projects":[{"id":"a","secret":"hush\\n"}]}', "fmesh.json");
  expect(JSON.parse(json)).toEqual({ projects: [{ id: "a", secret: expect.stringContaining("kept") as string }] });
});
