import type { Algorithm } from "./algorithms.ts";

/**
 * A key and the algorithms its kind allows. The token only chooses among these: an RSA key is never tried as an HMAC
 * secret, nor a secret as anything else (RFC 8725, section 3.1).
 */
export interface VerificationKey {
  /** The key's name, if it has one. */
  readonly kid: string | undefined;
  readonly algorithms: readonly Algorithm[];
  /** The key, ready for use with one of its algorithms. Rejects when the platform finds it is no key. */
  load(algorithm: Algorithm): Promise<CryptoKey>;
}

/** Imports a key once per algorithm and keeps the result. */
export function verificationKey(
  about: { readonly kid: string | undefined; readonly algorithms: readonly Algorithm[] },
  load: (algorithm: Algorithm) => Promise<CryptoKey>,
): VerificationKey {
  // Keys are kept rather than promises: on some edges a promise must not outlive the request that made it.
  const loaded = new Map<Algorithm, CryptoKey>();
  return {
    ...about,
    async load(algorithm) {
      const key = loaded.get(algorithm) ?? (await load(algorithm));
      loaded.set(algorithm, key);
      return key;
    },
  };
}

/** An HMAC key made of the UTF-8 bytes of a secret. */
export function secretKey(secret: string): VerificationKey {
  const bytes = new TextEncoder().encode(secret);
  const hmac = { name: "HMAC", hash: "SHA-256" };
  return verificationKey({ kid: undefined, algorithms: ["HS256"] }, () =>
    crypto.subtle.importKey("raw", bytes, hmac, false, ["verify"]),
  );
}
