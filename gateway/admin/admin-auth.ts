import { MeshError } from "../../mesh/errors.ts";
import { randomHex } from "../../mesh/ids.ts";
import type { Closable } from "../../mesh/lifecycle.ts";
import { pause } from "../../mesh/pause.ts";
import type { AdminConfig } from "../config.ts";
import type { Administrator, Session } from "./administrator.ts";
import { Attempts } from "./attempts.ts";
import { OneTimeCodes } from "./one-time-codes.ts";
import { OPERATOR, operatorCheck } from "./operators.ts";
import { isSameText } from "./same-text.ts";
import { type KnownSession, type SessionKind, SessionTokens, type TokenParts } from "./session-tokens.ts";

export interface AdminAuthOptions extends TokenParts {
  /** Signs the tokens of those who may have a link at any time; see `operators.ts`. Default: nobody may. */
  readonly operatorSecret?: string | undefined;
  /** Waits for the turn of a login, in milliseconds. Default: by a timer. */
  readonly pause?: (ms: number) => Promise<void>;
}

/** Who administrators are: checks passwords, and gives out and checks their tokens. */
export class AdminAuth implements Closable {
  readonly #options: AdminAuthOptions;
  readonly #attempts: Attempts;
  readonly #codes: OneTimeCodes;
  readonly #checkOperator: ReturnType<typeof operatorCheck>;
  /** What signs when the configuration does not say: good until the end of this process. */
  readonly #ownSecret = randomHex(32);
  readonly #closing = new AbortController();
  #config: AdminConfig;
  #secret: string;
  #tokens: SessionTokens;

  constructor(config: AdminConfig, options: AdminAuthOptions) {
    this.#options = options;
    const { now, pause: wait = (ms) => pause(ms, this.#closing.signal) } = options;
    this.#attempts = new Attempts({ now, pause: wait });
    this.#codes = new OneTimeCodes(options.now);
    this.#checkOperator = operatorCheck(options.operatorSecret, options);
    this.#config = config;
    this.#secret = config.secret ?? this.#ownSecret;
    this.#tokens = new SessionTokens(this.#secret, options);
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
    this.#tokens = new SessionTokens(secret, this.#options);
  }

  /** @throws MeshError `unauthenticated`, or `rate_limited` where too many try the same name. */
  async login(user: string, pass: string, kind: Pick<SessionKind, "isRenewed"> = {}): Promise<Session> {
    const takeBack = await this.#attempts.begin(user);
    const known = this.#config.users.find((each) => each.user === user);
    // Whether a name is known does not show in the time it takes.
    const isGood = await isSameText(pass, known?.pass ?? this.#ownSecret);
    if (known === undefined || !isGood) {
      throw new MeshError("unauthenticated", "user or password is wrong");
    }
    takeBack();
    return this.#tokens.issue({ user, role: known.role, projects: known.projects }, { ...kind, pass });
  }

  /** A code for a link: whoever brings it first, within ten minutes, is `who`. */
  issue(who: Administrator = OPERATOR): string {
    return this.#codes.issue(who);
  }

  /** The same for whoever runs the mesh. @throws MeshError `unauthenticated` */
  async issueToOperator(token: string | undefined): Promise<string> {
    await this.#checkOperator(token);
    return this.issue();
  }

  /** @throws MeshError `unauthenticated` */
  async exchange(code: string): Promise<Session> {
    const who = this.#codes.take(code);
    if (who === undefined) {
      throw new MeshError("unauthenticated", "the code is not known, was used or is too old; ask for another link");
    }
    return this.#tokens.issue(who, {});
  }

  /** Whose token it is. @throws MeshError `unauthenticated` */
  async verify(token: string | undefined): Promise<Administrator & { readonly expiresAt: string }> {
    const { who, expiresAt } = await this.#known(token);
    return { ...who, expiresAt };
  }

  /** Another token for a session that goes on. @throws MeshError `unauthenticated`, also when it has lasted too long */
  async renew(token: string | undefined): Promise<Session> {
    const { who, since, pass } = await this.#known(token);
    return this.#tokens.issue(who, { since, ...(pass !== undefined && { pass }) });
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#tokens.close();
  }

  async #known(token: string | undefined): Promise<Known> {
    const { who, since, expiresAt, isByLink, isBy } = await this.#tokens.verify(token);
    if (isByLink) return { who, since, expiresAt };
    const { user } = who;
    const known = this.#config.users.find((each) => each.user === user);
    if (known === undefined) throw new MeshError("unauthenticated", "the administrator is not known any more");
    const { pass, role, projects } = known;
    if (!(await isBy(pass))) throw new MeshError("unauthenticated", "the password was changed; sign in again");
    // What the configuration says by now, whatever the token says.
    return { who: { user, role, projects }, since, expiresAt, pass };
  }
}

interface Known extends Pick<KnownSession, "who" | "since" | "expiresAt"> {
  /** Not there for whoever came by a link. */
  readonly pass?: string;
}
