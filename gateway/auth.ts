import type { Claims } from "../mesh/call.ts";

/** A token that was found good. */
export interface VerifiedToken {
  readonly claims: Claims;
  /** The claims as JSON text without line breaks, made once per token: what travels to the worker. */
  readonly claimsJson: string;
}

/** Checks bearer tokens of one project. */
export interface TokenVerifier {
  /**
   * The token's claims: at once when the token was verified before and is still good, else as a promise.
   * Throws (or rejects with) MeshError `unauthenticated`: missing, malformed, wrong key, expired, wrong audience… The
   * text never holds the token.
   *
   * @param token compact JWS without `Bearer `; `undefined` when the request brought none.
   */
  verify(token: string | undefined): VerifiedToken | Promise<VerifiedToken>;
}
