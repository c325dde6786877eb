import * as v from "valibot";
import { type Algorithm, PUBLIC_KEY_ALGORITHMS } from "./algorithms.ts";
import type { ClaimRules } from "./claims.ts";
import type { AuthOptions } from "./options.ts";
import { OptionsSchema } from "./options-schema.ts";
import { jwkFromPem } from "./pem.ts";
import { isPrivateJwk, publicKey } from "./public-key.ts";
import { type VerificationKey, secretKey } from "./verification-key.ts";

/** Options that were checked, with every default filled in. */
export interface AuthSettings {
  /** The keys known from the start. */
  readonly keys: readonly VerificationKey[];
  readonly jwks: JwksSettings | undefined;
  readonly algorithms: ReadonlySet<Algorithm>;
  readonly claims: ClaimRules;
  readonly maxTokenBytes: number;
  readonly cacheEntries: number;
  /** Secrets shorter than HS256 asks for (RFC 7518, section 3.2), by their place in the list. */
  readonly shortSecrets: readonly number[];
}

/** Where and how often to fetch keys. */
export interface JwksSettings {
  readonly url: string;
  readonly cacheMs: number;
  readonly cooldownMs: number;
  readonly timeoutMs: number;
}

const MIN_SECRET_BYTES = 32;

/**
 * Checks options and fills in the defaults.
 * @throws TypeError naming every problem, but no secret.
 */
export function checkOptions(options: AuthOptions): AuthSettings {
  const parsed = v.safeParse(OptionsSchema, options);
  if (!parsed.success) {
    throw invalid(parsed.issues.map((issue) => `${v.getDotPath(issue) ?? "the whole"} ${issue.message}`));
  }
  const { secrets, keys: listed, jwks, algorithms: wanted, ...rest } = parsed.output;
  const publicKeys = listed.map(configuredKey);
  const problems = publicKeys.flatMap((key, index) => (typeof key === "string" ? [`keys.${index} ${key}`] : []));
  const keys = [...secrets.map(secretKey), ...publicKeys.filter((key) => typeof key !== "string")];

  const possible = new Set<Algorithm>(keys.flatMap((key) => key.algorithms));
  if (jwks !== undefined) for (const algorithm of PUBLIC_KEY_ALGORITHMS) possible.add(algorithm);
  // With a key that could not be read, it is not known yet which algorithms are possible.
  const impossible = problems.length > 0 ? [] : (wanted ?? []).filter((algorithm) => !possible.has(algorithm));
  problems.push(...impossible.map((name) => `algorithms names ${name}, for which no key is configured`));
  if (problems.length > 0) throw invalid(problems);

  return {
    keys,
    jwks,
    algorithms: new Set(wanted ?? possible),
    claims: { issuers: rest.issuer, audiences: rest.audience, leewaySeconds: rest.leewaySeconds },
    maxTokenBytes: rest.maxTokenBytes,
    cacheEntries: rest.cache.maxEntries,
    shortSecrets: secrets.flatMap((secret, index) => (isShort(secret) ? [index] : [])),
  };
}

function configuredKey(key: unknown): VerificationKey | string {
  if (isPrivateJwk(key) || (typeof key === "string" && key.includes("PRIVATE KEY"))) {
    return "is a private or secret key; a public one is enough to check tokens";
  }
  if (typeof key !== "string") return publicKey(key);
  const jwk = jwkFromPem(key);
  return jwk === undefined ? "is not a PEM text of an RSA, EC P-256 or Ed25519 public key" : publicKey(jwk);
}

function isShort(secret: string): boolean {
  return new TextEncoder().encode(secret).length < MIN_SECRET_BYTES;
}

function invalid(problems: readonly string[]): TypeError {
  return new TypeError(`the options for checking tokens are not valid: ${problems.join("; ")}`);
}
