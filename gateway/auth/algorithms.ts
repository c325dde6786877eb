/**
 * The signature algorithms a token may use (RFC 8725, section 3.1: an explicit list). Everything else is refused,
 * `none` first of all.
 */
export const ALGORITHMS = ["HS256", "RS256", "PS256", "ES256", "EdDSA"] as const;

/** One of the accepted signature algorithms. */
export type Algorithm = (typeof ALGORITHMS)[number];

/** What keys fetched from a JWKS may be used for: never an HMAC, since a published key is no secret. */
export const PUBLIC_KEY_ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"] as const satisfies readonly Algorithm[];

/** Whether a value is one of the accepted algorithms, letter case included. */
export function isAlgorithm(value: unknown): value is Algorithm {
  return ALGORITHMS.some((algorithm) => algorithm === value);
}
