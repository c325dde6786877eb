import { expect, test } from "vitest";
import { createTokenVerifier } from "../../../gateway/auth/token-verifier.ts";
import { silentLog } from "../../../mesh/log.ts";
import { forge } from "./forge.ts";
import { OLD_SECRET, edDsa, es256, rs256 } from "./keys.ts";
import { UNREACHABLE, gate, keyA, keyB, setUp, signed } from "./provider.ts";

test("nothing is fetched before the first token", () => {
  expect(setUp([keyA]).server.fetches).toBe(0);
});

test("keys are fetched once for a hundred tokens that wait for them", async () => {
  const { server, check } = setUp([keyA]);
  const tokens = await Promise.all(Array.from({ length: 100 }, (_, number) => signed("a", number)));
  const verified = await Promise.all(tokens.map(check));
  expect(verified.map(({ claims }) => claims["number"])).toEqual(tokens.map((_, number) => number));
  expect(server.fetches).toBe(1);
});

test("published keys of each kind are used", async () => {
  const { check } = setUp([keyA, { ...es256.jwk, kid: "e" }, { ...edDsa.jwk, kid: "d", use: "sig" }]);
  const tokens = [
    await signed("a"),
    await forge({ header: { alg: "ES256", kid: "e" }, payload: {}, sign: es256.sign }),
    await forge({ header: { alg: "EdDSA" }, payload: {}, sign: edDsa.sign }),
  ];
  for (const token of tokens) await expect(check(token)).resolves.toBeDefined();
});

test("keys of different kinds may have the same name", async () => {
  const { check } = setUp([{ ...es256.jwk, kid: "a" }, keyA, { kty: "oct", k: "AAAA", kid: "a" }]);
  await expect(check(await signed("a"))).resolves.toBeDefined();
});

test("a malformed key is passed over, and the others are used", async () => {
  const { check } = setUp([{ ...es256.jwk, y: es256.jwk.x ?? "", kid: "e" }, keyA]);
  await expect(check(await signed("a"))).resolves.toBeDefined();
  const token = await forge({ header: { alg: "ES256", kid: "e" }, payload: {}, sign: es256.sign });
  await expect(check(token)).rejects.toThrow("signed with an unknown key");
});

test("a storm of unknown key ids causes one fetch per cooldown", async () => {
  const { server, clock, check } = setUp([keyA], { cooldownMs: 30_000 });
  await check(await signed("a"));
  const storm = async () => {
    const tokens = await Promise.all(Array.from({ length: 50 }, (_, number) => signed("unknown", number)));
    const outcomes = await Promise.allSettled(tokens.map(check));
    expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set(["rejected"]));
  };
  await storm();
  expect(server.fetches).toBe(1);
  clock.ms += 30_000;
  await storm();
  await storm();
  expect(server.fetches).toBe(2);
});

test("a new key is used as soon as a token names it", async () => {
  const { server, clock, check } = setUp([keyA]);
  await check(await signed("a"));
  server.answer = [keyA, keyB];
  clock.ms += 30_000;
  await expect(check(await signed("b"))).resolves.toBeDefined();
});

/** A token with an unknown key waits for the fetch under way, and is a way for tests to wait too. */
async function fetchIsDone(check: (token: string) => Promise<unknown>): Promise<void> {
  await expect(check(await signed("unknown"))).rejects.toThrow("unknown key");
}

test("old keys are fetched again in the background, and a withdrawn key's tokens are forgotten", async () => {
  const { server, clock, verifier, check } = setUp([keyA, keyB], { cacheMs: 60_000 });
  const token = await signed("a");
  await check(token);
  server.answer = [keyB];
  clock.ms += 60_000;
  expect(verifier.verify(token)).toMatchObject({ claims: { number: 0 } });
  await fetchIsDone(check);
  await expect(check(token)).rejects.toThrow("signed with an unknown key");
  expect(server.fetches).toBe(2);
});

test("remembered tokens stay when the same keys are fetched again", async () => {
  const { server, clock, verifier, check } = setUp([keyA], { cacheMs: 60_000 });
  const token = await signed("a");
  await check(token);
  clock.ms += 60_000;
  await check(token);
  await fetchIsDone(check);
  expect(server.fetches).toBe(2);
  expect(verifier.verify(token)).not.toBeInstanceOf(Promise);
});

test("tokens whose key is withdrawn while they are being checked are not remembered", async () => {
  const { server, clock, verifier, check } = setUp([keyA], { cacheMs: 60_000 });
  await check(await signed("a"));
  server.answer = [];
  clock.ms += 60_000;
  // Enough of them that the empty key set arrives in the midst of the checks.
  const tokens = await Promise.all(Array.from({ length: 1000 }, (_, number) => signed("a", number + 1)));
  await Promise.allSettled([...tokens.map(check), fetchIsDone(check)]);
  const again = tokens.map((token) => verifier.verify(token));
  await Promise.allSettled(again.map(async (outcome) => outcome));
  expect(again.filter((outcome) => !(outcome instanceof Promise))).toEqual([]);
});

test("a failing fetch keeps the keys there are, and is tried again later and later", async () => {
  const { server, clock, error, check } = setUp([keyA], { cacheMs: 60_000 });
  await check(await signed("a"));
  server.answer = () => new Response("out of order", { status: 503 });
  clock.ms += 60_000;
  const attempts: number[] = [];
  for (let second = 0; second < 16; second++) {
    await expect(check(await signed("a", second))).resolves.toBeDefined();
    await fetchIsDone(check);
    attempts.push(server.fetches - 1);
    clock.ms += 1000;
  }
  expect(attempts).toEqual([1, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 4, 4, 4, 4, 5]);
  expect(error).toHaveBeenCalledTimes(5);
});

test("after a fetch that went well, failures are counted anew", async () => {
  const { server, clock, check } = setUp([keyA], { cacheMs: 60_000 });
  const broken = () => new Response("out of order", { status: 503 });
  const fetchesAfter = async (seconds: number) => {
    clock.ms += seconds * 1000;
    await check(await signed("a", clock.ms));
    await fetchIsDone(check);
    return server.fetches;
  };
  await fetchesAfter(0);
  server.answer = broken;
  expect([await fetchesAfter(60), await fetchesAfter(1), await fetchesAfter(1)]).toEqual([2, 3, 3]);
  server.answer = [keyA];
  expect(await fetchesAfter(1)).toBe(4);
  server.answer = broken;
  expect([await fetchesAfter(60), await fetchesAfter(1)]).toEqual([5, 6]);
});

test("while no keys could be fetched, tokens are refused with an internal error and few attempts", async () => {
  const { server, clock, error, check } = setUp(() => new Response("out of order", { status: 503 }));
  const refused = async () => expect(check(await signed("a"))).rejects.toMatchObject(UNREACHABLE);
  await Promise.all([refused(), refused()]);
  await refused();
  expect(server.fetches).toBe(1);
  expect(error).toHaveBeenCalledTimes(1);
  server.answer = [keyA];
  clock.ms += 1000;
  await expect(check(await signed("a"))).resolves.toBeDefined();
});

test("closing gives up a fetch under way and starts none again", async () => {
  const asked = gate();
  const { opened, open } = gate();
  const { server, error, verifier, check } = setUp(async () => {
    asked.open();
    await opened;
    return new Response();
  });
  const waiting = check(await signed("a"));
  await asked.opened;
  const closed = verifier.close();
  await expect(waiting).rejects.toMatchObject(UNREACHABLE);
  await closed;
  await verifier.close();
  await expect(check(await signed("a"))).rejects.toMatchObject(UNREACHABLE);
  expect(server.fetches).toBe(1);
  expect(error).not.toHaveBeenCalled();
  open();
});

test("an empty key set withdraws all keys", async () => {
  const { server, clock, check } = setUp([keyA]);
  await check(await signed("a"));
  server.answer = [];
  clock.ms += 30_000;
  await expect(check(await signed("unknown"))).rejects.toThrow("unknown key");
  await expect(check(await signed("a"))).rejects.toThrow("unknown key");
});

test("configured keys are tried first, without a fetch", async () => {
  const { server } = setUp([]);
  const deps = { fetch, now: Date.now, log: silentLog };
  const verifier = createTokenVerifier({ keys: [rs256.pem], jwks: { url: server.url } }, deps);
  await expect(verifier.verify(await signed("a"))).resolves.toBeDefined();
  expect(server.fetches).toBe(0);
});

test("a token with a wrong secret causes no fetch", async () => {
  const { server } = setUp([keyA]);
  const deps = { fetch, now: Date.now, log: silentLog };
  const verifier = createTokenVerifier({ secrets: [OLD_SECRET], jwks: { url: server.url } }, deps);
  await expect(verifier.verify(await forge())).rejects.toThrow("signature is not valid");
  expect(server.fetches).toBe(0);
});

test("where promises belong to a request, each waits for its own fetch and old keys are fetched by one", async () => {
  const background: Promise<unknown>[] = [];
  const waitUntil = (work: Promise<unknown>) => void background.push(work);
  const { server, clock, check } = setUp([keyA], { cacheMs: 60_000 }, { waitUntil });
  const tokens = [await signed("a", 1), await signed("a", 2)];
  await Promise.all(tokens.map(check));
  expect(server.fetches).toBe(2);
  clock.ms += 60_000;
  for (const token of tokens) await check(token);
  expect(background).toHaveLength(1);
  await Promise.all(background);
  expect(server.fetches).toBe(3);
});
