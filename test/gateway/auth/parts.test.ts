import * as fc from "fast-check";
import { decodeProtectedHeader } from "jose";
import { expect, test } from "vitest";
import { bearerToken } from "../../../gateway/auth/bearer-token.ts";
import { signDevelopmentToken } from "../../../gateway/auth/development-token.ts";
import { jsonShape } from "../../../gateway/auth/json-shape.ts";
import { TokenCache } from "../../../gateway/auth/token-cache.ts";
import { createTokenVerifier } from "../../../gateway/auth/token-verifier.ts";
import { silentLog } from "../../../mesh/log.ts";
import { SECRET } from "./keys.ts";

test.each([
  ["Bearer a.b.c", "a.b.c"],
  ["bearer a.b.c", "a.b.c"],
  ["BEARER   a.b.c", "a.b.c"],
  ["a.b.c", "a.b.c"],
  ["bearera.b.c", "bearera.b.c"],
  ["Basic dTpw", "Basic dTpw"],
  ["Bearer ", undefined],
  ["Bearer", undefined],
  ["", undefined],
  [undefined, undefined],
])("the token in %j is %j", (header, token) => {
  expect(bearerToken(header)).toBe(token);
});

test("an object has as many members as its text shows", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.constantFrom(undefined, 2), (value, indent) => {
      expect(jsonShape(JSON.stringify(value, undefined, indent)).members).toBe(Object.keys(value).length);
    }),
  );
});

test.each([
  ['{"a":1,"a":2}', 2, 1],
  ['{"a":{"b":1,"b":2}}', 1, 2],
  [String.raw`{"a\":":":","b\\":"\\"}`, 2, 1],
  ['[{"a":[[1]]}]', 0, 4],
  ['"open', 0, 0],
  [`{"a\\`, 0, 1],
])("the shape of %s is %i members and %i levels", (text, members, depth) => {
  expect(jsonShape(text)).toEqual({ members, depth });
});

test("the cache never holds more tokens than allowed, and keeps those in use", () => {
  const cache = new TokenCache(10);
  const token = { claims: {}, claimsJson: "{}" };
  cache.set("in use", token, 1);
  for (let number = 0; number < 100; number++) {
    cache.set(`token ${number}`, token, 1);
    expect(cache.size).toBeLessThanOrEqual(10);
    expect(cache.get("in use", 0)).toBe(token);
  }
  expect(cache.get("token 0", 0)).toBeUndefined();
  expect(cache.get("token 99", 0)).toBe(token);
});

test("a remembered token that is set again does not count twice", () => {
  const cache = new TokenCache(4);
  const token = { claims: {}, claimsJson: "{}" };
  for (let time = 0; time < 10; time++) {
    cache.set("a", token, 1);
    cache.set("b", token, 1);
  }
  expect(cache.size).toBe(2);
});

test("a development token is accepted until it expires", async () => {
  let nowMs = Date.UTC(2030, 0, 1);
  const now = () => nowMs;
  const token = await signDevelopmentToken({ secret: SECRET, claims: { id: "u1" }, expiresInSeconds: 60, now });
  const verifier = createTokenVerifier({ secrets: [SECRET] }, { fetch, now, log: silentLog });
  expect(decodeProtectedHeader(token)).toEqual({ alg: "HS256", typ: "JWT" });
  await expect(verifier.verify(token)).resolves.toMatchObject({
    claims: { id: "u1", iat: nowMs / 1000, exp: nowMs / 1000 + 60 },
  });
  nowMs += 60_000;
  await expect(verifier.verify(token)).rejects.toThrow("the token has expired");
});

test("a development token without a lifetime holds the claims alone", async () => {
  const token = await signDevelopmentToken({ secret: SECRET, claims: { id: "u1" } });
  const verifier = createTokenVerifier({ secrets: [SECRET] }, { fetch, now: Date.now, log: silentLog });
  expect(await verifier.verify(token)).toMatchObject({ claims: { id: "u1" } });
});

test.each([
  { secret: "", claims: {} },
  { secret: SECRET, claims: {}, expiresInSeconds: 0 },
  { secret: SECRET, claims: {}, expiresInSeconds: Number.NaN },
])("a development token that could not work is not signed: %#", async (options) => {
  await expect(signDevelopmentToken(options)).rejects.toThrow(TypeError);
});
