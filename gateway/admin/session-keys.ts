import { SecretHash } from "../secret-hash.ts";

/** What sessions of administrators are made with. */
export interface SessionKeys {
  /** Signs their tokens. */
  readonly signing: string;
  /** Hashes the passwords that they began with. */
  readonly passwords: SecretHash;
}

/**
 * Derives keys from `admin.secret`, one for each purpose (HMAC-SHA-256 of its name): what is signed with the secret itself, as tokens
 * of a project are that has the same one, is no token of an administrator.
 */
export async function sessionKeys(secret: string): Promise<SessionKeys> {
  const derived = new SecretHash(new TextEncoder().encode(secret));
  return {
    signing: await derived.hex("functions-mesh/administrators/tokens"),
    passwords: new SecretHash(await derived.of("functions-mesh/administrators/passwords")),
  };
}
