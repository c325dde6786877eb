import type { JWK } from "jose";
import type { Log } from "../../mesh/log.ts";
import type { Algorithm } from "./algorithms.ts";

/** How the tokens of a project are checked. Without `secrets`, `keys` and `jwks` no token is accepted. */
export interface AuthOptions {
  /** HMAC secrets (HS256), as text; any of them may have signed, so that a new one can be rolled out. */
  readonly secrets?: readonly string[];
  /** Public keys: JSON Web Keys, or PEM texts (`-----BEGIN PUBLIC KEY-----`). */
  readonly keys?: readonly (JWK | string)[];
  /** Where the identity provider publishes its keys. */
  readonly jwks?: JwksOptions;
  /** Accepted algorithms. Default: all that the configured keys allow. */
  readonly algorithms?: readonly Algorithm[];
  /** Accepted values of the claim `iss`. Default: it is not looked at. */
  readonly issuer?: string | readonly string[];
  /** The claim `aud` must hold one of these. Default: it is not looked at. */
  readonly audience?: string | readonly string[];
  /** How far the clocks of issuer and gateway may differ, in seconds: 0 to 60. Default 0. */
  readonly leewaySeconds?: number;
  /** Longest token, in bytes. Default 8192. */
  readonly maxTokenBytes?: number;
  /** Verified tokens that are remembered until they expire: by default 10 000; 0 for none. */
  readonly cache?: { readonly maxEntries?: number };
}

/** A JSON Web Key Set (RFC 7517) that is fetched and kept fresh. */
export interface JwksOptions {
  /** `https:`, or `http:` to this machine itself. */
  readonly url: string;
  /** How old the keys may become before they are fetched again, in milliseconds. Default 10 minutes. */
  readonly cacheMs?: number;
  /** Shortest time between two fetches for tokens with an unknown `kid`, in milliseconds. Default 30 seconds. */
  readonly cooldownMs?: number;
  /** Longest time one fetch may take, in milliseconds. Default 5 seconds. */
  readonly timeoutMs?: number;
}

/** What token verification needs from outside. */
export interface AuthDeps {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  /** Clock, in milliseconds since the epoch. */
  readonly now: () => number;
  readonly log: Log;
  /**
   * Only where promises belong to the request that made them (Cloudflare Workers): keeps work alive after the answer
   * was sent. Requests then share results, but do not wait for each other.
   */
  readonly waitUntil?: (work: Promise<unknown>) => void;
}
