import { MeshError } from "../../mesh/errors.ts";
import type { Closable } from "../../mesh/lifecycle.ts";
import type { Log } from "../../mesh/log.ts";
import { signDevelopmentToken } from "../auth/development-token.ts";
import { createTokenVerifier } from "../auth/token-verifier.ts";
import type { TokenVerifier } from "../auth.ts";
import type { Administrator, Session } from "./administrator.ts";

/** How long a session goes on, and how long a token is good that can be renewed while it does. */
const SESSION_SECONDS = 12 * 3600;
const TOKEN_SECONDS = 1800;
/** The scope that stands for every project, as in tokens of 2019. */
const ALL = "all";
/** Claim of a token that came of a one-time code: nobody in the configuration answers for it. */
const BY_LINK = "link";
/** Claim of when the session began (OpenID Connect Core, 2), in seconds. */
const SINCE = "auth_time";

/** How a session came about. */
export interface SessionKind {
  /** Whether it began with a one-time code. Default `false`. */
  readonly isByLink?: boolean;
  /** Whether its token will be renewed while it goes on, and is short-lived then. Default `true`. */
  readonly isRenewed?: boolean;
  /** When it began, in seconds since the epoch. Default now. */
  readonly since?: number;
}

/** What a good token says. */
export interface KnownSession {
  readonly who: Administrator;
  readonly kind: Required<Pick<SessionKind, "isByLink" | "since">>;
  /** RFC 3339. */
  readonly expiresAt: string;
}

/** What checking a secret's tokens needs. */
export interface TokenParts {
  readonly log: Log;
  /** Clock, in milliseconds since the epoch. */
  readonly now: () => number;
}

/** Signs and checks the tokens of administrators' sessions. */
export class SessionTokens implements Closable {
  readonly #secret: string;
  readonly #now: () => number;
  readonly #verifier: TokenVerifier & Closable;

  constructor(secret: string, parts: TokenParts) {
    this.#secret = secret;
    this.#now = parts.now;
    this.#verifier = verifierOf(secret, parts);
  }

  /** @throws MeshError `unauthenticated` for a session that has lasted too long. */
  async issue({ user, role, projects }: Administrator, kind: SessionKind): Promise<Session> {
    const now = Math.floor(this.#now() / 1000);
    const { isByLink = false, isRenewed = true, since = now } = kind;
    const left = since + SESSION_SECONDS - now;
    if (!(left > 0)) throw new MeshError("unauthenticated", "the session has lasted half a day; sign in again");
    const expiresInSeconds = isRenewed ? Math.min(TOKEN_SECONDS, left) : left;
    const scopes = Object.fromEntries((projects ?? [ALL]).map((id) => [id, [ALL]]));
    const token = await signDevelopmentToken({
      secret: this.#secret,
      claims: { id: user, role, scopes, [SINCE]: since, ...(isByLink && { [BY_LINK]: true }) },
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
    const { claims } = await this.#verifier.verify(token);
    const { id, exp, role, scopes, [SINCE]: since } = claims;
    if (typeof id !== "string" || typeof exp !== "number" || typeof since !== "number") {
      throw new MeshError("unauthenticated", "the token is not one of an administrator");
    }
    const ids = typeof scopes === "object" && scopes !== null ? Object.keys(scopes) : [];
    const projects = ids.includes(ALL) ? undefined : ids;
    return {
      who: { user: id, role: role === "admin" ? "admin" : "viewer", projects },
      kind: { isByLink: claims[BY_LINK] === true, since },
      expiresAt: timeText(exp),
    };
  }

  close(): Promise<void> {
    return this.#verifier.close();
  }
}

/** Checks tokens that one secret signs. No key is fetched: there are none but the secret. */
export function verifierOf(secret: string, { log, now }: TokenParts): TokenVerifier & Closable {
  const about = log.with({ of: "administrators" });
  return createTokenVerifier({ secrets: [secret], algorithms: ["HS256"] }, { fetch, now, log: about });
}

function timeText(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
