import { MeshError } from "../../mesh/errors.ts";
import { randomHex } from "../../mesh/ids.ts";
import type { Closable } from "../../mesh/lifecycle.ts";
import type { AdminConfig } from "../config.ts";
import type { Administrator, Session } from "./administrator.ts";
import { Attempts } from "./attempts.ts";
import { OneTimeCodes } from "./one-time-codes.ts";
import { OPERATOR, operatorCheck } from "./operators.ts";
import { isSameText } from "./same-text.ts";
import { type KnownSession, type SessionKind, SessionTokens, type TokenParts } from "./session-tokens.ts";

/** The name under which attempts of those are counted whom nobody knows. No user has it: theirs are texts that say something. */
const UNKNOWN = "";

export interface AdminAuthOptions extends TokenParts {
  /** Signs the tokens of those who may have a link at any time; see `operators.ts`. Default: nobody may. */
  readonly operatorSecret?: string | undefined;
}

/** Who administrators are: checks passwords, and gives out and checks their tokens. */
export class AdminAuth implements Closable {
  readonly #options: AdminAuthOptions;
  readonly #attempts: Attempts;
  readonly #codes: OneTimeCodes;
  readonly #checkOperator: ReturnType<typeof operatorCheck>;
  /** What signs when the configuration does not say: good until the end of this process. */
  readonly #ownSecret = randomHex(32);
  #config: AdminConfig;
  #secret: string;
  #tokens: SessionTokens;

  constructor(config: AdminConfig, options: AdminAuthOptions) {
    this.#options = options;
    this.#attempts = new Attempts(options.now);
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

  /** @throws MeshError `unauthenticated`, or `rate_limited` after too many failures. */
  async login(user: string, pass: string, kind: Pick<SessionKind, "isRenewed"> = {}): Promise<Session> {
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
    return this.#tokens.issue({ user, role: known.role, projects: known.projects }, kind);
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
    return this.#tokens.issue(who, { isByLink: true });
  }

  /** Whose token it is. @throws MeshError `unauthenticated` */
  async verify(token: string | undefined): Promise<Administrator & { readonly expiresAt: string }> {
    const { who, expiresAt } = await this.#known(token);
    return { ...who, expiresAt };
  }

  /** Another token for a session that goes on. @throws MeshError `unauthenticated`, also when it has lasted too long */
  async renew(token: string | undefined): Promise<Session> {
    const { who, kind } = await this.#known(token);
    return this.#tokens.issue(who, kind);
  }

  close(): Promise<void> {
    return this.#tokens.close();
  }

  async #known(token: string | undefined): Promise<KnownSession> {
    const session = await this.#tokens.verify(token);
    if (session.kind.isByLink) return session;
    const { user } = session.who;
    const known = this.#config.users.find((each) => each.user === user);
    if (known === undefined) throw new MeshError("unauthenticated", "the administrator is not known any more");
    // What the configuration says by now, whatever the token says.
    return { ...session, who: { user, role: known.role, projects: known.projects } };
  }
}
