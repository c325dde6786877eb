import type { HttpApi } from "./http-api.ts";

/** A token of a project. */
export interface ProjectToken {
  readonly token: string;
  /** RFC 3339. */
  readonly expiresAt: string;
}

/** What a token is to say; without claims it says who is signed in. */
export interface TokenWish {
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly expiresInSeconds?: number;
}

/** A token this close to its end is not used any more. */
const MARGIN_MS = 30_000;

/** Tokens of projects, which the administrators' API gives to whoever is signed in; held until they are about to end. */
export class ProjectTokens {
  readonly #admin: HttpApi;
  readonly #now: () => number;
  readonly #held = new Map<string, Promise<ProjectToken>>();

  constructor(admin: HttpApi, now: () => number = Date.now) {
    this.#admin = admin;
    this.#now = now;
  }

  /**
   * The token for the project's API.
   * @throws ProblemError 409 when the project has no secret to sign with.
   */
  async get(project: string): Promise<string> {
    const held = this.#held.get(project);
    if (held !== undefined) {
      const { token, expiresAt } = await held;
      if (Date.parse(expiresAt) - this.#now() > MARGIN_MS) return token;
    }
    const issued = this.issue(project);
    this.#held.set(project, issued);
    // A failure is not held: the next one asks again.
    issued.catch(() => this.#held.delete(project));
    return (await issued).token;
  }

  /** Another token, with the claims that were chosen; it is not held. */
  issue(project: string, wish: TokenWish = {}): Promise<ProjectToken> {
    return this.#admin.post(`/v1/admin/projects/${encodeURIComponent(project)}/token`, wish);
  }

  /** For a token that was refused. */
  forget(project: string): void {
    this.#held.delete(project);
  }
}
