import { SignJWT } from "jose";
import type { Claims } from "../../mesh/call.ts";

export interface DevelopmentTokenOptions {
  /** The project's secret, as text; its UTF-8 bytes are the key. */
  readonly secret: string;
  readonly claims: Claims;
  /** Lifetime from now on, in seconds. Default: what `claims` says, which may be for ever. */
  readonly expiresInSeconds?: number;
  /** Clock, in milliseconds since the epoch. Default: the system's. */
  readonly now?: () => number;
}

/**
 * Signs a token (HS256) to call one's own functions with. In production, tokens come from an identity provider.
 *
 * @example await signDevelopmentToken({ secret, claims: { id: "u1", role: "admin" }, expiresInSeconds: 3600 })
 */
export async function signDevelopmentToken(options: DevelopmentTokenOptions): Promise<string> {
  const { secret, claims, expiresInSeconds, now = Date.now } = options;
  if (secret === "") throw new TypeError("the secret to sign a token with is empty");
  const token = new SignJWT({ ...claims }).setProtectedHeader({ alg: "HS256", typ: "JWT" });
  if (expiresInSeconds !== undefined) {
    if (!(expiresInSeconds > 0)) throw new TypeError(`a token cannot expire in ${expiresInSeconds} seconds`);
    const issuedAt = Math.floor(now() / 1000);
    token.setIssuedAt(issuedAt).setExpirationTime(issuedAt + Math.ceil(expiresInSeconds));
  }
  return token.sign(new TextEncoder().encode(secret));
}
