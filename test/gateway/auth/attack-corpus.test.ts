import { expect, test } from "vitest";
import { type AuthOptions } from "../../../gateway/auth/options.ts";
import { createTokenVerifier } from "../../../gateway/auth/token-verifier.ts";
import { MeshError } from "../../../mesh/errors.ts";
import { silentLog } from "../../../mesh/log.ts";
import { type Target, withBoth, withIssuer, withKeys, withSecret } from "./attack.ts";
import { attackCorpus } from "./attack-corpus.ts";
import { forge, userClaims } from "./forge.ts";
import { serveJwks } from "./jwks-server.ts";
import { rs256 } from "./keys.ts";

const deps = { fetch, now: Date.now, log: silentLog };

async function outcome(target: Target, token: string): Promise<unknown> {
  await using server = serveJwks(target.published ?? []);
  const options: AuthOptions = target.published ? { ...target.options, jwks: { url: server.url } } : target.options;
  const verifier = createTokenVerifier(options, deps);
  try {
    return await verifier.verify(token);
  } catch (error) {
    return error;
  } finally {
    await verifier.close();
  }
}

test.each(attackCorpus)("refused: $name", async ({ target, token, says }) => {
  const text = await token();
  const error = await outcome(target, text);
  if (!(error instanceof MeshError)) throw new Error("the token was accepted", { cause: error });
  expect(error.message).toMatch(says);
  expect(error.code).toBe("unauthenticated");
  // Short parts of a token may stand in a sentence by chance.
  const leaks = text.split(".").filter((part) => part.length > 8 && JSON.stringify(error.message).includes(part));
  expect(leaks).toEqual([]);
});

test("every attack has a name of its own", () => {
  const names = attackCorpus.map((attack) => attack.name);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});

test.each([
  ["a secret", withSecret, () => forge()],
  ["public keys", withKeys, () => forge({ header: { alg: "RS256" }, sign: rs256.sign })],
  ["a secret and public keys", withBoth, () => forge()],
  ["issuer and audience", withIssuer, () => forge({ payload: userClaims({ iss: "https://id.example", aud: "shop" }) })],
] as const)("the verifier under attack with %s accepts a good token", async (_name, target, token) => {
  expect(await outcome(target, await token())).toMatchObject({ claims: { id: "u1", role: "user" } });
});
