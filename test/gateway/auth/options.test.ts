import { exportPKCS8, generateKeyPair } from "jose";
import { expect, test } from "vitest";
import type { AuthOptions } from "../../../gateway/auth/options.ts";
import { createTokenVerifier } from "../../../gateway/auth/token-verifier.ts";
import { silentLog } from "../../../mesh/log.ts";
import { SECRET, es256, rs256, weakRsa } from "./keys.ts";

const create = (options: unknown) =>
  createTokenVerifier(options as AuthOptions, { fetch, now: Date.now, log: silentLog });

const privatePem = await exportPKCS8((await generateKeyPair("ES256", { extractable: true })).privateKey);

const refused: readonly (readonly [options: unknown, problem: string])[] = [
  [undefined, "the whole must be an object"],
  [{ secret: SECRET }, "secret is not a known option"],
  [{ secrets: SECRET }, "secrets must be a list"],
  [{ secrets: [""] }, "secrets.0 must not be empty"],
  [{ secrets: [SECRET, rs256.pem] }, "secrets.1 is a PEM key; list it under keys"],
  [{ keys: [weakRsa.jwk] }, "keys.0 is an RSA key of 1024 bits; use at least 2048"],
  [{ keys: [{ ...rs256.jwk, n: "A".repeat(2000) }] }, "keys.0 is an RSA key of 1 bits; use at least 2048"],
  [{ keys: [{ ...rs256.jwk, n: "_".repeat(2000) }] }, "keys.0 is an RSA key of 12000 bits; use at most 8192"],
  [{ keys: [{ ...rs256.jwk, e: "AQ" }] }, "keys.0 is an RSA key with an unsafe exponent"],
  [{ keys: [{ ...rs256.jwk, e: "AAAAA" }] }, "keys.0 is not an RSA, EC P-256 or Ed25519 public key"],
  [{ keys: [{ ...rs256.jwk, use: "enc" }] }, 'keys.0 is not meant for signatures ("use" must be "sig")'],
  [
    { keys: [{ ...rs256.jwk, key_ops: ["encrypt"] }] },
    'keys.0 is not meant to verify with ("key_ops" must hold "verify")',
  ],
  [{ keys: [{ ...rs256.jwk, alg: "RS512" }] }, "keys.0 is meant for another algorithm than RS256 or PS256"],
  [{ keys: [{ ...es256.jwk, crv: "P-384" }] }, "keys.0 is not an RSA, EC P-256 or Ed25519 public key"],
  [{ keys: [{ ...es256.jwk, d: "AAAA" }] }, "keys.0 is a private or secret key; a public one is enough"],
  [{ keys: [{ kty: "oct", k: "AAAA" }] }, "keys.0 is a private or secret key"],
  [{ keys: [privatePem] }, "keys.0 is a private or secret key"],
  [{ keys: [7, null] }, "keys.1 is not an RSA, EC P-256 or Ed25519 public key"],
  [{ keys: ["-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"] }, "keys.0 is not a PEM text of"],
  [{ keys: ["-----BEGIN PUBLIC KEY-----\nA\n-----END PUBLIC KEY-----"] }, "keys.0 is not a PEM text of"],
  [{ keys: [rs256.pem.replace("AQEFAAOC", "AQEFAAOD")] }, "keys.0 is not a PEM text of"],
  [{ jwks: {} }, "jwks.url is missing"],
  ...[
    "http://id.example/jwks",
    "file:///etc/passwd",
    "https://user:pass@id.example/",
    "id.example",
    "http://127.0.0.1.nip.example/",
  ].map((url) => [{ jwks: { url } }, "jwks.url must be an https URL without user and password"] as const),
  [{ jwks: { url: "https://id.example", timeoutMs: 0 } }, "jwks.timeoutMs must be a whole number from 1 to 60000"],
  [{ jwks: { url: "https://id.example", cacheSeconds: 1 } }, "jwks.cacheSeconds is not a known option"],
  [{ secrets: [SECRET], algorithms: ["none"] }, "algorithms.0 must be one of HS256, RS256, PS256, ES256, EdDSA"],
  [{ secrets: [SECRET], algorithms: [] }, "algorithms must not be empty"],
  [{ secrets: [SECRET], algorithms: ["RS256"] }, "algorithms names RS256, for which no key is configured"],
  [{ jwks: { url: "https://id.example" }, algorithms: ["HS256"] }, "algorithms names HS256, for which no key"],
  [{ secrets: [SECRET], issuer: "" }, "issuer must be a text or a list of texts, none of them empty"],
  [{ secrets: [SECRET], audience: [7] }, "audience must be a text or a list of texts, none of them empty"],
  [{ secrets: [SECRET], leewaySeconds: 61 }, "leewaySeconds must be from 0 to 60"],
  [{ secrets: [SECRET], leewaySeconds: Number.NaN }, "leewaySeconds must be a number"],
  [{ secrets: [SECRET], maxTokenBytes: 0 }, "maxTokenBytes must be a whole number from 1 to 1048576"],
  [{ secrets: [SECRET], cache: { maxEntries: -1 } }, "cache.maxEntries must be a whole number from 0 to"],
];

test.each(refused)("options are refused: %#", (options, problem) => {
  expect(() => create(options)).toThrow(TypeError);
  expect(() => create(options)).toThrow(problem);
});

test("every algorithm without a key is named", () => {
  expect(() => create({ secrets: [SECRET], algorithms: ["HS256", "ES256", "EdDSA"] })).toThrow(
    /algorithms names ES256, .*; algorithms names EdDSA,/,
  );
});

test("all problems are named at once, and no secret is shown", () => {
  const options = { secrets: ["", 5, SECRET], issuer: 7, leewaySeconds: "1" };
  expect(() => create(options)).toThrow(
    new TypeError(
      "the options for checking tokens are not valid: secrets.0 must not be empty; secrets.1 must be text; " +
        "issuer must be a text or a list of texts, none of them empty; leewaySeconds must be a number",
    ),
  );
});

test.each(["https://id.example/jwks", "http://localhost:8080/jwks", "http://127.0.0.1/", "http://[::1]:1/"])(
  "keys may be fetched from %s",
  (url) => {
    expect(create({ jwks: { url } })).toBeDefined();
  },
);
