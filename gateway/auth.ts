import type { Claims } from "../mesh/call.ts";

/** A token that was found good. */
export interface VerifiedToken {
  /** Frozen through and through, since calls with the same token share them. */
  readonly claims: Claims;
  /** The claims as JSON text in ASCII without line breaks, made once per token: what travels to the worker. */
  readonly claimsJson: string;
}

/** Checks bearer tokens of one project. */
export interface TokenVerifier {
  /**
   * The token's claims: at once when the token was verified before and is still good, else as a promise.
   * Throws (or rejects with) MeshError `unauthenticated`: missing, malformed, wrong key, expired, wrong audience… The
   * text never holds the token. MeshError `internal` when the keys to check it with cannot be had: not the caller's
   * fault, but refused all the same.
   *
   * @param token compact JWS without `Bearer `; `undefined` when the request brought none.
   */
  verify(token: string | undefined): VerifiedToken | Promise<VerifiedToken>;
}
