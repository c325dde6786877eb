import { expect, test } from "vitest";
import { createTokenVerifier } from "../../../gateway/auth/token-verifier.ts";
import { silentLog } from "../../../mesh/log.ts";
import { CONFIG, ENV, administered } from "./administered.ts";

const verifier = createTokenVerifier({ secrets: [ENV.SHOP_SECRET] }, { fetch, now: Date.now, log: silentLog });
const PATH = "/v1/admin/projects/shop/token";

test("an administrator gets a token of the project that says who they are, or what they choose", async () => {
  const { ask, login } = await administered();
  const token = await login("ada");
  const plain = await ask("POST", PATH, { token, body: {} });
  expect(plain.status).toBe(200);
  expect(plain.headers.get("Cache-Control")).toBe("no-store");
  const own = (await verifier.verify(plain.body.token)).claims;
  expect(own).toMatchObject({ id: "ada", role: "admin" });
  expect(own).not.toHaveProperty("calls_only");
  const chosen = await ask("POST", PATH, { token, body: { claims: { id: "u1", plan: "free" }, expiresInSeconds: 60 } });
  const { claims } = await verifier.verify(chosen.body.token);
  expect(claims).toMatchObject({ id: "u1", plan: "free" });
  expect(claims).not.toHaveProperty("role");
  expect(Number(claims["exp"]) - Number(claims["iat"])).toBe(60);
});

test("who only sees gets a token that says so, and chooses nothing", async () => {
  const { ask, login } = await administered();
  const token = await login("grace");
  const { body } = await ask("POST", PATH, { token, body: {} });
  expect((await verifier.verify(body.token)).claims).toMatchObject({ id: "grace", role: "viewer", calls_only: true });
  expect((await ask("POST", PATH, { token, body: { claims: { role: "admin" } } })).status).toBe(403);
});

test("there are none for strangers, for projects of others, or longer than an hour", async () => {
  const { ask, login } = await administered();
  expect((await ask("POST", PATH, { body: {} })).status).toBe(401);
  const token = await login("joan");
  expect((await ask("POST", "/v1/admin/projects/other/token", { token, body: {} })).status).toBe(403);
  expect((await ask("POST", PATH, { token, body: { expiresInSeconds: 3601 } })).status).toBe(400);
  expect((await ask("POST", "/v1/admin/projects/nothing/token", { token: await login("ada"), body: {} })).status).toBe(
    404,
  );
});

test("a project without a secret has nobody here who signs for it", async () => {
  const { ask, login } = await administered(CONFIG.replace("    secret: a-literal-secret-of-another-project\n", ""));
  const answer = await ask("POST", "/v1/admin/projects/other/token", { token: await login("ada"), body: {} });
  expect(answer.status).toBe(409);
  expect(JSON.stringify(answer.body)).toContain("no secret to sign with");
});

test("whoever signs in by a link can renew that, and ask who they are", async () => {
  const { ask, auth } = await administered();
  const { body } = await ask("POST", "/v1/admin/session", { body: { code: auth.issue() } });
  const renewed = await ask("POST", "/v1/admin/session/renew", { token: body.token });
  expect(renewed.status).toBe(200);
  const who = await ask("GET", "/v1/admin/session", { token: renewed.body.token });
  expect(who.body).toMatchObject({ user: "operator", role: "admin", canSave: true });
});
