import fc from "fast-check";
import { expect, test } from "vitest";
import { ConfigError } from "../../../gateway/config/config-error.ts";
import { SecretMarkers } from "../../../gateway/config/secrets/hide-secrets.ts";

const FILE = "fmesh.yaml";
const SECRETS = ["of-ada", "of-shop", "postgres://u:of-db@db/x"];
const BEFORE = `
admin: { users: [{ user: ada, pass: ${SECRETS[0]} }] }
projects: [{ id: shop, name: &n ${SECRETS[1]}, secret: *n }]
databases: { main: { kind: postgres, url: "${SECRETS[2]}" } }
`;
const KEYS = ["admin", "users", "pass", "secret", "projects", "id", "name", "databases", "main", "url", "env", "rule"];

const markers = new SecretMarkers();
const MARKERS = await Promise.all(SECRETS.map(async (secret) => JSON.stringify(await markers.markerOf(secret))));
const START = `admin: { secret: &a ${MARKERS[0]}, users: [&u { pass: &p ${MARKERS[1]} }] }\n`;
const OWN_START = `projects: [{ name: &a ${MARKERS[1]}, secret: *a }]\nadmin: { users: [&u { pass: &p ${MARKERS[0]} }] }\n`;

const value = fc.letrec<{ value: string; mapping: string }>((tie) => ({
  mapping: fc
    .uniqueArray(fc.tuple(fc.constantFrom(...KEYS, "<<"), tie("value")), { selector: ([key]) => key, maxLength: 3 })
    .map((entries) => `{ ${entries.map(([key, text]) => `${key}: ${text}`).join(", ")} }`),
  value: fc.oneof(
    { depthSize: "small" },
    fc.constantFrom(...MARKERS, "*a", "*p", "*u", "x"),
    tie("mapping"),
    fc.array(tie("value"), { maxLength: 2 }).map((items) => `[${items.join(", ")}]`),
  ),
})).value;
const rest = fc.uniqueArray(fc.tuple(fc.constantFrom("databases", "x", "workers", "broker"), value), {
  selector: ([key]) => key,
  minLength: 1,
});

test("whatever is sent with markers, what is saved shows no secret, and problems quote none", async () => {
  let saved = 0;
  const check = async (start: string, entries: readonly (readonly [string, string])[]): Promise<void> => {
    const text = start + entries.map(([key, below]) => `${key}: ${below}\n`).join("");
    try {
      const restored = await markers.restore(text, { before: BEFORE, filename: FILE });
      expect(await markers.hide(restored, FILE)).not.toMatch(/of-/);
      saved++;
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      expect(error.message).not.toMatch(/of-/);
    }
  };
  await fc.assert(fc.asyncProperty(fc.constantFrom(START, OWN_START), rest, check), { numRuns: 1500 });
  expect(saved).toBeGreaterThan(10);
});
