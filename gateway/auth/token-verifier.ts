import type { Closable } from "../../mesh/lifecycle.ts";
import type { TokenVerifier, VerifiedToken } from "../auth.ts";
import { checkClaims, sealClaims } from "./claims.ts";
import { readSignatureHeader } from "./compact-token.ts";
import { jsonObject } from "./json-object.ts";
import { KeyRing } from "./key-ring.ts";
import type { AuthDeps, AuthOptions } from "./options.ts";
import { refusal } from "./refusal.ts";
import { type AuthSettings, checkOptions } from "./settings.ts";
import { TokenCache } from "./token-cache.ts";

/** How long a token without `exp` is remembered before it is checked again. */
const MAX_AGE_WITHOUT_EXP_MS = 300_000;

/**
 * Checks bearer tokens (JWT, RFC 7519) with the care RFC 8725 asks for. Published keys are fetched when the first
 * token needs them; `close()` gives up a fetch under way.
 *
 * @throws TypeError naming everything that is wrong with the options.
 * @example
 * const verifier = createTokenVerifier({ secrets: [secret] }, { fetch, now: Date.now, log });
 * const { claims } = await verifier.verify(bearerToken(authorization));
 */
export function createTokenVerifier(options: AuthOptions, deps: AuthDeps): TokenVerifier & Closable {
  const settings = checkOptions(options);
  for (const index of settings.shortSecrets) {
    deps.log.warn(
      `secret ${index + 1} of ${options.secrets?.length} is shorter than 32 bytes; use a longer one for HS256`,
    );
  }
  return new CachingTokenVerifier(settings, deps);
}

class CachingTokenVerifier implements TokenVerifier, Closable {
  readonly #settings: AuthSettings;
  readonly #now: () => number;
  readonly #keys: KeyRing;
  readonly #cache: TokenCache;

  constructor(settings: AuthSettings, deps: AuthDeps) {
    this.#settings = settings;
    this.#now = deps.now;
    this.#cache = new TokenCache(settings.cacheEntries);
    this.#keys = new KeyRing(settings, deps, () => this.#cache.clear());
  }

  verify(token: string | undefined): VerifiedToken | Promise<VerifiedToken> {
    if (token === undefined || token === "") throw refusal("no token was sent");
    const { maxTokenBytes } = this.#settings;
    // Whatever is not ASCII is refused later, so that characters are bytes.
    if (token.length > maxTokenBytes) throw refusal(`the token is longer than ${maxTokenBytes} bytes`);
    const nowMs = this.#now();
    this.#keys.freshen(nowMs);
    return this.#cache.get(token, nowMs) ?? this.#verifyUnseen(token);
  }

  close(): Promise<void> {
    return this.#keys.close();
  }

  async #verifyUnseen(token: string): Promise<VerifiedToken> {
    const { algorithms } = this.#settings;
    if (algorithms.size === 0) throw refusal("no token is accepted here: there are no keys to check it with");
    const header = readSignatureHeader(token);
    if (!algorithms.has(header.algorithm)) throw refusal("the token's algorithm is not accepted");
    const { payload, key } = await this.#keys.open(token, header);
    const claims = jsonObject("payload", payload);
    const nowMs = this.#now();
    const expires = checkClaims(claims, this.#settings.claims, nowMs);
    const verified = sealClaims(claims);
    // A key may have been withdrawn, and the cache emptied, while its signature was being checked.
    if (this.#keys.has(key)) this.#cache.set(token, verified, this.#goodUntilMs(expires, nowMs));
    return verified;
  }

  #goodUntilMs(expires: number | undefined, nowMs: number): number {
    if (expires === undefined) return nowMs + MAX_AGE_WITHOUT_EXP_MS;
    return (expires + this.#settings.claims.leewaySeconds) * 1000;
  }
}
