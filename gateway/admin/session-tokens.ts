import { MeshError } from "../../mesh/errors.ts";
import type { Closable } from "../../mesh/lifecycle.ts";
import type { Log } from "../../mesh/log.ts";
import { signDevelopmentToken } from "../auth/development-token.ts";
import type { AuthOptions } from "../auth/options.ts";
import { createTokenVerifier } from "../auth/token-verifier.ts";
import type { TokenVerifier } from "../auth.ts";
import type { Administrator, Session } from "./administrator.ts";
import { type SessionKeys, sessionKeys } from "./session-keys.ts";

/** How long a session goes on, and how long a token is good that can be renewed while it does. */
const SESSION_SECONDS = 12 * 3600;
const TOKEN_SECONDS = 1800;
/** The scope that stands for every project, as in tokens of 2019. */
const ALL = "all";
/** Claim of a token that came of a one-time code: nobody in the configuration answers for it. */
const BY_LINK = "link";
/** Claim of the others: a hash of the password, so that a session ends when that is changed. */
const PASS_HASH = "pass_hash";
/** For whom the tokens are (RFC 7519, 4.1.3): no token that is signed for anything else is one of these. */
const AUDIENCE = "functions-mesh/administrators";
/** Claim of when the session began (OpenID Connect Core, 2), in seconds. */
const SINCE = "auth_time";
/** Shorter secrets can be tried out (RFC 7518, 3.2). */
const MIN_SECRET_BYTES = 32;

/** How a session came about. */
export interface SessionKind {
  /** The password that it began with. Default: none, but a one-time code. */
  readonly pass?: string;
  /** Whether its token will be renewed while it goes on, and is short-lived then. Default `true`. */
  readonly isRenewed?: boolean;
  /** When it began, in seconds since the epoch. Default now. */
  readonly since?: number;
}

/** What a good token says. */
export interface KnownSession {
  readonly who: Administrator;
  /** Whether it began with a one-time code. */
  readonly isByLink: boolean;
  /** Whether it began with this password. */
  readonly isBy: (pass: string) => Promise<boolean>;
  /** When it began, in seconds since the epoch. */
  readonly since: number;
  /** RFC 3339. */
  readonly expiresAt: string;
}

/** What checking a secret's tokens needs. */
export interface TokenParts {
  readonly log: Log;
  /** Clock, in milliseconds since the epoch. */
  readonly now: () => number;
}

interface Keys extends Pick<SessionKeys, "signing"> {
  readonly hashOf: (user: string, pass: string) => Promise<string>;
  readonly verifier: TokenVerifier & Closable;
}

/** Signs and checks the tokens of administrators' sessions. */
export class SessionTokens implements Closable {
  readonly #now: () => number;
  readonly #keys: Promise<Keys>;

  /** @param secret what the keys are derived from. */
  constructor(secret: string, parts: TokenParts) {
    this.#now = parts.now;
    this.#keys = keysOf(secret, parts);
    if (new TextEncoder().encode(secret).length < MIN_SECRET_BYTES) {
      parts.log.warn(`admin.secret is shorter than ${MIN_SECRET_BYTES} bytes; use a longer one`);
    }
  }

  /** @throws MeshError `unauthenticated` for a session that has lasted too long. */
  async issue({ user, role, projects }: Administrator, kind: SessionKind): Promise<Session> {
    const { signing, hashOf } = await this.#keys;
    const now = Math.floor(this.#now() / 1000);
    const { pass, isRenewed = true, since = now } = kind;
    const left = since + SESSION_SECONDS - now;
    if (!(left > 0)) throw new MeshError("unauthenticated", "the session has lasted half a day; sign in again");
    const expiresInSeconds = isRenewed ? Math.min(TOKEN_SECONDS, left) : left;
    const scopes = Object.fromEntries((projects ?? [ALL]).map((id) => [id, [ALL]]));
    const origin = pass === undefined ? { [BY_LINK]: true } : { [PASS_HASH]: await hashOf(user, pass) };
    const token = await signDevelopmentToken({
      secret: signing,
      claims: { aud: AUDIENCE, id: user, role, scopes, [SINCE]: since, ...origin },
      expiresInSeconds,
      now: this.#now,
    });
    return {
      token,
      expiresAt: timeText(now + expiresInSeconds),
      user,
      role,
      ...(projects !== undefined && { projects }),
    };
  }

  /** @throws MeshError `unauthenticated` */
  async verify(token: string | undefined): Promise<KnownSession> {
    const { verifier, hashOf } = await this.#keys;
    const { claims } = await verifier.verify(token);
    const { id, exp, role, scopes, [SINCE]: since } = claims;
    if (typeof id !== "string" || typeof exp !== "number" || typeof since !== "number") {
      throw new MeshError("unauthenticated", "the token is not one of an administrator");
    }
    const ids = typeof scopes === "object" && scopes !== null ? Object.keys(scopes) : [];
    const projects = ids.includes(ALL) ? undefined : ids;
    return {
      who: { user: id, role: role === "admin" ? "admin" : "viewer", projects },
      isByLink: claims[BY_LINK] === true,
      isBy: async (pass) => claims[PASS_HASH] === (await hashOf(id, pass)),
      since,
      expiresAt: timeText(exp),
    };
  }

  async close(): Promise<void> {
    await (await this.#keys).verifier.close();
  }
}

async function keysOf(secret: string, parts: TokenParts): Promise<Keys> {
  const { signing, passwords } = await sessionKeys(secret);
  return {
    signing,
    hashOf: (user, pass) => passwords.hex(JSON.stringify([user, pass])),
    verifier: verifierOf(signing, parts, { audience: AUDIENCE }),
  };
}

/** Checks tokens that one secret signs. No key is fetched: there are none but the secret. */
export function verifierOf(
  secret: string,
  { log, now }: TokenParts,
  more: Pick<AuthOptions, "audience"> = {},
): TokenVerifier & Closable {
  const about = log.with({ of: "administrators" });
  return createTokenVerifier({ secrets: [secret], algorithms: ["HS256"], ...more }, { fetch, now, log: about });
}

function timeText(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
