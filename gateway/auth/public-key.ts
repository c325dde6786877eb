import { base64url, importJWK } from "jose";
import * as v from "valibot";
import type { Algorithm } from "./algorithms.ts";
import { type VerificationKey, verificationKey } from "./verification-key.ts";

const MIN_RSA_BITS = 2048;
const MAX_RSA_BITS = 8192;

/** A number in base64url, where a length of 4n + 1 cannot be. */
const number = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z0-9_-]+$/),
  v.check((text) => text.length % 4 !== 1),
);

const attributes = {
  kid: v.optional(v.string()),
  alg: v.optional(v.string()),
  use: v.optional(v.string()),
  key_ops: v.optional(v.array(v.string())),
};

/** The public members of the key kinds we use. Private ones are dropped, should a document hold them. */
const PublicJwk = v.variant("kty", [
  v.object({ ...attributes, kty: v.literal("RSA"), n: number, e: number }),
  v.object({ ...attributes, kty: v.literal("EC"), crv: v.literal("P-256"), x: number, y: number }),
  v.object({ ...attributes, kty: v.literal("OKP"), crv: v.literal("Ed25519"), x: number }),
]);
type PublicJwk = v.InferOutput<typeof PublicJwk>;

const ALGORITHMS_OF: Record<PublicJwk["kty"], readonly Algorithm[]> = {
  RSA: ["RS256", "PS256"],
  EC: ["ES256"],
  OKP: ["EdDSA"],
};

/**
 * A key out of a JSON Web Key (RFC 7517): RSA of 2048 to 8192 bits, EC P-256 or Ed25519.
 * @returns the key, or in words why it cannot be used.
 */
export function publicKey(jwk: unknown): VerificationKey | string {
  const parsed = v.safeParse(PublicJwk, jwk);
  if (!parsed.success) return "is not an RSA, EC P-256 or Ed25519 public key";
  const key = parsed.output;
  if (key.use !== undefined && key.use !== "sig") return 'is not meant for signatures ("use" must be "sig")';
  if (key.key_ops?.includes("verify") === false) return 'is not meant to verify with ("key_ops" must hold "verify")';
  const algorithms = ALGORITHMS_OF[key.kty].filter((algorithm) => key.alg === undefined || key.alg === algorithm);
  if (algorithms.length === 0) return `is meant for another algorithm than ${ALGORITHMS_OF[key.kty].join(" or ")}`;
  const weakness = key.kty === "RSA" ? rsaWeakness(key) : undefined;
  if (weakness !== undefined) return weakness;
  return verificationKey({ kid: key.kid, algorithms }, (algorithm) => importPublic(key, algorithm));
}

/** Whether a JSON Web Key holds private or secret members, which have no place in a gateway. */
export function isPrivateJwk(jwk: unknown): boolean {
  return typeof jwk === "object" && jwk !== null && ("d" in jwk || "k" in jwk);
}

function rsaWeakness({ n, e }: { n: string; e: string }): string | undefined {
  const modulus = unsigned(n);
  const exponent = unsigned(e);
  const bits = modulus.toString(2).length;
  if (bits < MIN_RSA_BITS) return `is an RSA key of ${bits} bits; use at least ${MIN_RSA_BITS}`;
  if (bits > MAX_RSA_BITS) return `is an RSA key of ${bits} bits; use at most ${MAX_RSA_BITS}`;
  // An exponent of 1 would make every signature its own message; very large ones only cost time.
  if (exponent < 3n || exponent % 2n === 0n || exponent >= 1n << 32n) return "is an RSA key with an unsafe exponent";
  return undefined;
}

function unsigned(text: string): bigint {
  const hex = Array.from(base64url.decode(text), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return BigInt(`0x${hex || "0"}`);
}

function importPublic(jwk: PublicJwk, algorithm: Algorithm): Promise<CryptoKey> {
  const { kty, use, key_ops, kid, alg, ...numbers } = jwk;
  return importJWK({ kty, ...numbers }, algorithm);
}
