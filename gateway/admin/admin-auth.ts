import { MeshError } from "../../mesh/errors.ts";
import { randomHex } from "../../mesh/ids.ts";
import type { Closable } from "../../mesh/lifecycle.ts";
import type { Log } from "../../mesh/log.ts";
import { signDevelopmentToken } from "../auth/development-token.ts";
import { createTokenVerifier } from "../auth/token-verifier.ts";
import type { TokenVerifier } from "../auth.ts";
import type { AdminConfig } from "../config.ts";
import type { Administrator, Session } from "./administrator.ts";
import { Attempts } from "./attempts.ts";
import { OneTimeCodes } from "./one-time-codes.ts";
import { isSameText } from "./same-text.ts";

/** How long a token is good, unless something else is asked for. */
const LIFETIME_SECONDS = 12 * 3600;
/** The name under which attempts of those are counted whom nobody knows. No user has it: theirs are texts that say something. */
const UNKNOWN = "";
/** The scope that stands for every project, as in tokens of 2019. */
const ALL = "all";
/** Claim of a token that came of a one-time code: nobody in the configuration answers for it. */
const BY_LINK = "link";

/** Who administrators are: checks passwords, and gives out and checks their tokens. */
export class AdminAuth implements Closable {
  readonly #log: Log;
  readonly #now: () => number;
  readonly #attempts: Attempts;
  readonly #codes: OneTimeCodes;
  /** What signs when the configuration does not say: good until the end of this process. */
  readonly #ownSecret = randomHex(32);
  #config: AdminConfig;
  #secret: string;
  #verifier: TokenVerifier & Closable;

  constructor(config: AdminConfig, { log, now }: { readonly log: Log; readonly now: () => number }) {
    this.#log = log;
    this.#now = now;
    this.#attempts = new Attempts(now);
    this.#codes = new OneTimeCodes(now);
    this.#config = config;
    this.#secret = config.secret ?? this.#ownSecret;
    this.#verifier = this.#newVerifier();
  }

  /** Whether there is anybody who could log in. */
  get hasUsers(): boolean {
    return this.#config.users.length > 0;
  }

  /** From now on these are the administrators; whoever is no more has no good token either. */
  replaceConfig(config: AdminConfig): void {
    this.#config = config;
    const secret = config.secret ?? this.#ownSecret;
    if (secret === this.#secret) return;
    this.#secret = secret;
    this.#verifier = this.#newVerifier();
  }

  /** @throws MeshError `unauthenticated`, or `rate_limited` after too many failures. */
  async login(user: string, pass: string): Promise<Session> {
    const known = this.#config.users.find((each) => each.user === user);
    const name = known?.user ?? UNKNOWN;
    if (!this.#attempts.begin(name)) {
      throw new MeshError("rate_limited", "too many logins failed; try again in a second", { retryAfterSeconds: 1 });
    }
    // Whether a name is known does not show in the time it takes.
    const isGood = await isSameText(pass, known?.pass ?? this.#ownSecret);
    if (known === undefined || !isGood) {
      throw new MeshError("unauthenticated", "user or password is wrong");
    }
    this.#attempts.succeeded(name);
    return this.#session({ user, role: known.role, projects: known.projects }, {});
  }

  /** A code for a link: whoever brings it first, within ten minutes, is `who`. */
  issue(who: Administrator): string {
    return this.#codes.issue(who);
  }

  /** @throws MeshError `unauthenticated` */
  async exchange(code: string): Promise<Session> {
    const who = this.#codes.take(code);
    if (who === undefined) {
      throw new MeshError("unauthenticated", "the code is not known, was used or is too old; ask for another link");
    }
    return this.#session(who, { [BY_LINK]: true });
  }

  /** Whose token it is. @throws MeshError `unauthenticated` */
  async verify(token: string | undefined): Promise<Administrator & { readonly expiresAt: string }> {
    const { claims } = await this.#verifier.verify(token);
    const { id, exp } = claims;
    if (typeof id !== "string" || typeof exp !== "number") {
      throw new MeshError("unauthenticated", "the token is not one of an administrator");
    }
    const expiresAt = timeText(exp);
    if (claims[BY_LINK] === true) return { ...claimed(id, claims), expiresAt };
    const known = this.#config.users.find(({ user }) => user === id);
    if (known === undefined) throw new MeshError("unauthenticated", "the administrator is not known any more");
    return { user: id, role: known.role, projects: known.projects, expiresAt };
  }

  close(): Promise<void> {
    return this.#verifier.close();
  }

  async #session({ user, role, projects }: Administrator, more: Readonly<Record<string, unknown>>): Promise<Session> {
    const scopes = Object.fromEntries((projects ?? [ALL]).map((id) => [id, [ALL]]));
    const now = this.#now();
    const token = await signDevelopmentToken({
      secret: this.#secret,
      claims: { id: user, role, scopes, ...more },
      expiresInSeconds: LIFETIME_SECONDS,
      now: this.#now,
    });
    const expiresAt = timeText(Math.floor(now / 1000) + LIFETIME_SECONDS);
    return { token, expiresAt, user, role, ...(projects !== undefined && { projects }) };
  }

  #newVerifier(): TokenVerifier & Closable {
    // No key is fetched: there are none but the secret.
    return createTokenVerifier(
      { secrets: [this.#secret], algorithms: ["HS256"] },
      { fetch, now: this.#now, log: this.#log.with({ of: "administrators" }) },
    );
  }
}

function claimed(user: string, { role, scopes }: Readonly<Record<string, unknown>>): Administrator {
  const ids = typeof scopes === "object" && scopes !== null ? Object.keys(scopes) : [];
  return { user, role: role === "admin" ? "admin" : "viewer", projects: ids.includes(ALL) ? undefined : ids };
}

function timeText(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
