import { type JWK } from "jose";
import { expect, onTestFinished, test, vi } from "vitest";
import type { AuthDeps, JwksOptions } from "../../../gateway/auth/options.ts";
import { createTokenVerifier } from "../../../gateway/auth/token-verifier.ts";
import { type Log, silentLog } from "../../../mesh/log.ts";
import { forge } from "./forge.ts";
import { type JwksServer, serveJwks } from "./jwks-server.ts";
import { edDsa, es256, rs256, stranger } from "./keys.ts";

const keyA: JWK = { ...rs256.jwk, kid: "a" };
const keyB: JWK = { ...stranger.jwk, kid: "b" };
const UNREACHABLE = { code: "internal", message: "the keys to check tokens with cannot be fetched at the moment" };

/** A token signed with the key of this name. Its number makes it unlike others. */
const signed = (kid: "a" | "b" | "unknown", number = 0) =>
  forge({ header: { alg: "RS256", kid }, payload: { number }, sign: kid === "b" ? stranger.sign : rs256.sign });

function setUp(answer: JwksServer["answer"], more: Partial<JwksOptions> = {}, moreDeps: Partial<AuthDeps> = {}) {
  const server = serveJwks(answer);
  const clock = { ms: Date.UTC(2030, 0, 1) };
  const error = vi.fn<Log["error"]>();
  const log = { ...silentLog, error };
  const deps: AuthDeps = { fetch, now: () => clock.ms, log, ...moreDeps };
  const verifier = createTokenVerifier({ jwks: { url: server.url, ...more } }, deps);
  /** Always a promise, remembered or not. */
  const check = async (token: string) => verifier.verify(token);
  onTestFinished(async () => {
    await verifier.close();
    await server[Symbol.asyncDispose]();
  });
  return { server, clock, error, verifier, check };
}

/** A gate that answers wait at. */
function gate(): { readonly opened: Promise<void>; open: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { opened: promise, open: resolve };
}

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

test("a token whose key is withdrawn while it is being checked is not remembered", async () => {
  const { server, clock, verifier, check } = setUp([keyA], { cacheMs: 60_000 });
  await check(await signed("a", 1));
  server.answer = [keyB];
  clock.ms += 60_000;
  const token = await signed("a", 2);
  const [, outcome] = await Promise.all([fetchIsDone(check), check(token)]);
  expect(outcome).toBeDefined();
  const again = verifier.verify(token);
  expect(again).toBeInstanceOf(Promise);
  await expect(again).rejects.toThrow("unknown key");
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

test.each([
  ["is no JSON", () => new Response("<html>")],
  ["has no list of keys", () => Response.json({ key: [] })],
  ["is larger than a mebibyte", () => Response.json({ keys: [], more: "x".repeat(1_048_576) })],
  ["never ends", () => new Response(new ReadableStream({ pull: (body) => body.enqueue(new Uint8Array(65_536)) }))],
  ["redirects to another origin", () => Response.redirect("http://127.0.0.2:1/jwks.json")],
  ["redirects for ever", (request: Request) => Response.redirect(request.url)],
  ["redirects to nowhere", () => new Response(null, { status: 302 })],
])("an answer that %s is a failed fetch", async (_name, answer) => {
  const { error, check } = setUp(answer);
  await expect(check(await signed("a"))).rejects.toMatchObject(UNREACHABLE);
  expect(error).toHaveBeenCalledOnce();
});

test("a server that is away is a failed fetch", async () => {
  const { server, error, check } = setUp([keyA]);
  await server[Symbol.asyncDispose]();
  await expect(check(await signed("a"))).rejects.toMatchObject(UNREACHABLE);
  expect(error).toHaveBeenCalledOnce();
});

test("redirects within the origin are followed", async () => {
  const { check } = setUp((request) =>
    request.url.endsWith("/moved")
      ? Response.json({ keys: [keyA] })
      : Response.redirect(new URL("/moved", request.url)),
  );
  await expect(check(await signed("a"))).resolves.toBeDefined();
});

test("a fetch that takes too long is given up", async () => {
  const { opened, open } = gate();
  const { error, check } = setUp(
    async () => {
      await opened;
      return new Response();
    },
    { timeoutMs: 20 },
  );
  await expect(check(await signed("a"))).rejects.toMatchObject(UNREACHABLE);
  expect(error.mock.calls[0]?.[1]).toMatchObject({ error: { name: "TimeoutError" } });
  open();
});

test("an answer whose body stalls is given up", async () => {
  const { check } = setUp(
    () => new Response(new ReadableStream({ start: (body) => body.enqueue(new Uint8Array(1)) })),
    { timeoutMs: 20 },
  );
  await expect(check(await signed("a"))).rejects.toMatchObject(UNREACHABLE);
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
