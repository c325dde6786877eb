import { decodeJwt } from "jose";
import { expect, test } from "vitest";
import { AdminAuth } from "../../../gateway/admin/admin-auth.ts";
import { sessionKeys } from "../../../gateway/admin/session-keys.ts";
import { signDevelopmentToken } from "../../../gateway/auth/development-token.ts";
import type { AdminConfig } from "../../../gateway/config.ts";
import { silentLog as log } from "../../../mesh/log.ts";
import { CONFIG, administered } from "./administered.ts";

const SECRET = "what the keys of sessions are derived from";
const ADMIN: AdminConfig = {
  secret: SECRET,
  users: [
    { user: "ada", pass: "of ada", role: "admin" },
    { user: "grace", pass: "of grace", role: "viewer" },
  ],
};
const AUDIENCE = "functions-mesh/administrators";

const start = (config = ADMIN): AdminAuth => new AdminAuth(config, { log, now: Date.now });
const isGood = (auth: AdminAuth, token: string): Promise<boolean> =>
  auth.verify(token).then(
    () => true,
    () => false,
  );
/** What a full administrator's token by a link says. */
const claimsOf = (more: object) => ({
  ...{ id: "root", role: "admin", scopes: { all: ["all"] }, link: true },
  auth_time: Math.floor(Date.now() / 1000),
  ...more,
});

test.each([
  ["the secret itself", () => Promise.resolve(SECRET), AUDIENCE, false],
  ["the key that is derived from it, for another audience", signingKey, "shop", false],
  ["the key that is derived from it, for any audience", signingKey, undefined, false],
  ["the key that is derived from it, for administrators", signingKey, AUDIENCE, true],
])("a token that is signed with %s", async (_what, keyOf, aud, isOne) => {
  const claims = claimsOf(aud === undefined ? {} : { aud });
  const token = await signDevelopmentToken({ secret: await keyOf(), claims, expiresInSeconds: 60 });
  expect(await isGood(start(), token)).toBe(isOne);
});

async function signingKey(): Promise<string> {
  return (await sessionKeys(SECRET)).signing;
}

test("the secret of a project signs nobody in, even where it is that of the administrators", async () => {
  const gateway = await administered(CONFIG.replace("admin:\n", "admin:\n  secret: $SHOP_SECRET\n"));
  const token = await gateway.login("joan");
  for (const more of [{}, { aud: AUDIENCE }]) {
    const body = { claims: claimsOf(more) };
    const signed = await gateway.ask("POST", "/v1/admin/projects/shop/token", { token, body });
    expect(signed.status).toBe(200);
    expect((await gateway.ask("GET", "/v1/admin/session", { token: signed.body.token })).status).toBe(401);
  }
});

test("a session goes on at another gateway that has the same secret, and after a start", async () => {
  const { token } = await start().login("ada", "of ada");
  expect(await isGood(start(), token)).toBe(true);
});

test("another password ends the sessions that began with the one before, and no others", async () => {
  const auth = start();
  const [ada, grace] = [await auth.login("ada", "of ada"), await auth.login("grace", "of grace")];
  const byLink = await auth.exchange(auth.issue());
  const renewed = await auth.renew(ada.token);
  const users = ADMIN.users.map((each) => (each.user === "ada" ? { ...each, pass: "another one" } : each));
  auth.replaceConfig({ ...ADMIN, users });
  expect(await isGood(auth, ada.token)).toBe(false);
  expect(await isGood(auth, renewed.token)).toBe(false);
  await expect(auth.renew(ada.token)).rejects.toThrow("the password was changed; sign in again");
  expect(await isGood(auth, grace.token)).toBe(true);
  expect(await isGood(auth, byLink.token)).toBe(true);
  auth.replaceConfig(ADMIN);
  expect(await isGood(auth, ada.token)).toBe(true);
});

test("a token tells nothing of a password: not to whoever does not know the secret, nor whether two have the same", async () => {
  const hashOf = async (secret: string, user: string): Promise<unknown> => {
    const users = ["ada", "eve"].map((each) => ({ user: each, pass: "the same", role: "admin" }) as const);
    return decodeJwt((await start({ secret, users }).login(user, "the same")).token)["pass_hash"];
  };
  const hashes = [
    await hashOf(SECRET, "ada"),
    await hashOf(SECRET, "eve"),
    await hashOf("another secret, of thirty-two bytes or more", "ada"),
  ];
  expect(new Set(hashes).size).toBe(3);
  for (const hash of hashes) expect(hash).toMatch(/^[0-9a-f]{64}$/);
});

test("a secret that is too short is told in the log, without it", () => {
  const warnings: string[] = [];
  const noting = { ...log, warn: (message: string) => void warnings.push(message) };
  void new AdminAuth({ secret: "short", users: [] }, { log: noting, now: Date.now });
  expect(warnings).toEqual(["admin.secret is shorter than 32 bytes; use a longer one"]);
});
