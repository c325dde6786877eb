import { type JWK } from "jose";
import { onTestFinished, vi } from "vitest";
import type { AuthDeps, JwksOptions } from "../../../gateway/auth/options.ts";
import { createTokenVerifier } from "../../../gateway/auth/token-verifier.ts";
import { type Log, silentLog } from "../../../mesh/log.ts";
import { forge } from "./forge.ts";
import { type JwksServer, serveJwks } from "./jwks-server.ts";
import { rs256, stranger } from "./keys.ts";

export const keyA: JWK = { ...rs256.jwk, kid: "a" };
export const keyB: JWK = { ...stranger.jwk, kid: "b" };
export const UNREACHABLE = {
  code: "internal",
  message: "the keys to check tokens with cannot be fetched at the moment",
};

/** A token signed with the key of this name; its number makes it unlike others. */
export const signed = (kid: "a" | "b" | "unknown", number = 0) =>
  forge({ header: { alg: "RS256", kid }, payload: { number }, sign: kid === "b" ? stranger.sign : rs256.sign });

/** A provider that answers thus, and a verifier that asks it, until the test is over. */
export function setUp(answer: JwksServer["answer"], more: Partial<JwksOptions> = {}, moreDeps: Partial<AuthDeps> = {}) {
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
export function gate(): { readonly opened: Promise<void>; open: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { opened: promise, open: resolve };
}
