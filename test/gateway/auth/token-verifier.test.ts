import { expect, test, vi } from "vitest";
import type { AuthOptions } from "../../../gateway/auth/options.ts";
import { createTokenVerifier } from "../../../gateway/auth/token-verifier.ts";
import { type Log, silentLog } from "../../../mesh/log.ts";
import { forge, userClaims } from "./forge.ts";
import { OLD_SECRET, SECRET, type Sign, edDsa, es256, hmac, ps256, rs256 } from "./keys.ts";

const NOW_MS = Date.UTC(2030, 0, 1);
const now = NOW_MS / 1000;

function verifierAt(options: AuthOptions, clock: { ms: number } = { ms: NOW_MS }) {
  return createTokenVerifier(options, { fetch, now: () => clock.ms, log: silentLog });
}

const hs = (claims: Record<string, unknown>, sign: Sign = hmac(SECRET)) => forge({ payload: claims, sign });

const named = (kid?: string) => forge({ header: { alg: "RS256", kid }, payload: {}, sign: rs256.sign });

test.each([
  ["HS256", { secrets: [SECRET] }, hmac(SECRET)],
  ["RS256", { keys: [rs256.jwk] }, rs256.sign],
  ["RS256", { keys: [rs256.pem] }, rs256.sign],
  ["PS256", { keys: [ps256.jwk] }, ps256.sign],
  ["PS256", { keys: [ps256.pem] }, ps256.sign],
  ["ES256", { keys: [es256.jwk] }, es256.sign],
  ["ES256", { keys: [es256.pem] }, es256.sign],
  ["EdDSA", { keys: [edDsa.jwk] }, edDsa.sign],
  ["EdDSA", { keys: [edDsa.pem] }, edDsa.sign],
] satisfies [string, AuthOptions, Sign][])("a good %s token is accepted", async (alg, options, sign) => {
  const token = await forge({ header: { alg, kid: "any" }, payload: { id: "u1", exp: now + 60 }, sign });
  expect(await verifierAt(options).verify(token)).toEqual({
    claims: { id: "u1", exp: now + 60 },
    claimsJson: `{"id":"u1","exp":${now + 60}}`,
  });
});

test("a token without time claims is accepted", async () => {
  expect(await verifierAt({ secrets: [SECRET] }).verify(await hs({}))).toEqual({ claims: {}, claimsJson: "{}" });
});

test("tokens of the old and of the new secret are accepted while both are configured", async () => {
  const verifier = verifierAt({ secrets: [SECRET, OLD_SECRET] });
  expect(await verifier.verify(await hs({ id: "new" }))).toMatchObject({ claims: { id: "new" } });
  expect(await verifier.verify(await hs({ id: "old" }, hmac(OLD_SECRET)))).toMatchObject({ claims: { id: "old" } });
});

test("a key with a name checks tokens with that name and tokens without one", async () => {
  const verifier = verifierAt({ keys: [{ ...rs256.jwk, kid: "a" }] });
  await expect(verifier.verify(await named("a"))).resolves.toBeDefined();
  await expect(verifier.verify(await named())).resolves.toBeDefined();
  await expect(verifier.verify(await named("b"))).rejects.toThrow("signed with an unknown key");
});

test.each([undefined, ""])("no token (%j) is refused at once", (token) => {
  expect(() => verifierAt({ secrets: [SECRET] }).verify(token)).toThrow(
    expect.objectContaining({ code: "unauthenticated", message: "no token was sent" }),
  );
});

test.each([
  ["expired for less than the leeway", { exp: now - 4 }],
  ["valid in less than the leeway", { nbf: now + 4 }],
  ["issued in less than the leeway", { iat: now + 4 }],
])("a token %s is accepted", async (_name, claims) => {
  const token = await hs(claims);
  await expect(verifierAt({ secrets: [SECRET], leewaySeconds: 5 }).verify(token)).resolves.toBeDefined();
  await expect(verifierAt({ secrets: [SECRET] }).verify(token)).rejects.toThrow("the token");
});

test.each([
  ["one issuer", { issuer: "a" }, { iss: "a" }],
  ["one of the issuers", { issuer: ["b", "a"] }, { iss: "a" }],
  ["one audience", { audience: "a" }, { aud: "a" }],
  ["one of its audiences", { audience: ["x", "a"] }, { aud: ["b", "a"] }],
])("a token of %s is accepted", async (_name, options, claims) => {
  await expect(verifierAt({ secrets: [SECRET], ...options }).verify(await hs(claims))).resolves.toBeDefined();
});

test("a verified token is answered at once the next time", async () => {
  const verifier = verifierAt({ secrets: [SECRET] });
  const token = await hs({ id: "u1", exp: now + 60 });
  const first = verifier.verify(token);
  expect(first).toBeInstanceOf(Promise);
  expect(verifier.verify(token)).toBeInstanceOf(Promise);
  await first;
  expect(verifier.verify(token)).toMatchObject({ claims: { id: "u1" } });
});

test("a remembered token is refused once it has expired", async () => {
  const clock = { ms: NOW_MS };
  const verifier = verifierAt({ secrets: [SECRET], leewaySeconds: 2 }, clock);
  const token = await hs({ exp: now + 60 });
  await verifier.verify(token);
  clock.ms += 61_999;
  expect(verifier.verify(token)).not.toBeInstanceOf(Promise);
  clock.ms += 1;
  await expect(verifier.verify(token)).rejects.toThrow("the token has expired");
});

test("a token without expiry is checked again after five minutes", async () => {
  const clock = { ms: NOW_MS };
  const verifier = verifierAt({ secrets: [SECRET] }, clock);
  const token = await hs({ id: "u1" });
  await verifier.verify(token);
  clock.ms += 299_999;
  expect(verifier.verify(token)).not.toBeInstanceOf(Promise);
  clock.ms += 1;
  expect(verifier.verify(token)).toBeInstanceOf(Promise);
});

test("a refused token is checked anew each time", async () => {
  const clock = { ms: NOW_MS };
  const verifier = verifierAt({ secrets: [SECRET] }, clock);
  const token = await hs({ nbf: now + 1 });
  await expect(verifier.verify(token)).rejects.toThrow("not valid yet");
  clock.ms += 1000;
  await expect(verifier.verify(token)).resolves.toBeDefined();
});

test("without a cache every token is checked", async () => {
  const verifier = verifierAt({ secrets: [SECRET], cache: { maxEntries: 0 } });
  const token = await hs({ id: "u1" });
  await verifier.verify(token);
  expect(verifier.verify(token)).toBeInstanceOf(Promise);
});

test("claims travel as ASCII and arrive as they were", async () => {
  const claims = { name: "Zoë \u{1F600} \u2028\u007f\r\n", ключ: ["ß"], lone: "\uD800" };
  const { claimsJson } = await verifierAt({ secrets: [SECRET] }).verify(await hs(claims));
  expect(claimsJson).toMatch(/^[\u0020-\u007e]+$/);
  expect(JSON.parse(claimsJson)).toEqual(claims);
});

test("claims are shared between calls, so that nobody can change them", async () => {
  const { claims } = await verifierAt({ secrets: [SECRET] }).verify(await hs({ groups: [{ name: "a" }] }));
  expect(Object.isFrozen(claims)).toBe(true);
  expect(Object.isFrozen(claims["groups"])).toBe(true);
  expect(Object.isFrozen((claims["groups"] as unknown[])[0])).toBe(true);
});

test("a claim named __proto__ stays a claim", async () => {
  const token = await forge({ payload: '{"__proto__":{"role":"admin"}}' });
  const { claims, claimsJson } = await verifierAt({ secrets: [SECRET] }).verify(token);
  expect(claims["role"]).toBeUndefined();
  expect(claimsJson).toBe('{"__proto__":{"role":"admin"}}');
});

test("a short secret works and is warned about without being shown", async () => {
  const warn = vi.fn<Log["warn"]>();
  const deps = { fetch, now: () => NOW_MS, log: { ...silentLog, warn } };
  const verifier = createTokenVerifier({ secrets: [SECRET, "some secret"] }, deps);
  await expect(verifier.verify(await hs(userClaims(), hmac("some secret")))).rejects.toThrow("expired");
  expect(warn.mock.calls).toEqual([["secret 2 of 2 is shorter than 32 bytes; use a longer one for HS256"]]);
});

test("without any key no token is accepted", async () => {
  await expect(verifierAt({}).verify(await hs({}))).rejects.toMatchObject({
    code: "unauthenticated",
    message: "no token is accepted here: there are no keys to check it with",
  });
});

test("a key that is no point on its curve is an internal error, not the caller's", async () => {
  const verifier = verifierAt({ keys: [{ ...es256.jwk, y: es256.jwk.x ?? "" }] });
  const token = await forge({ header: { alg: "ES256" }, sign: es256.sign });
  await expect(verifier.verify(token)).rejects.toMatchObject({ code: "internal" });
});
