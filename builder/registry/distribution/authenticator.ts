import type { Credentials, CredentialSource } from "../credentials.ts";
import { RegistryError } from "../registry-error.ts";
import { parseChallenges } from "./challenge.ts";
import type { Http } from "./http.ts";
import { type RetryPolicy, retrying } from "./retry.ts";
import { basic, requestToken, type TokenServer } from "./tokens.ts";

export interface AuthenticatorOptions {
  readonly host: string;
  readonly source: CredentialSource;
  readonly http: Http;
  readonly policy: RetryPolicy;
  readonly allowsPlainHttp: boolean;
}

/** A token is asked for anew when so much of its life is over. */
const USABLE_PART = 0.8;

/** What goes into `Authorization`, until it is too old. */
interface KnownHeader {
  readonly header: string;
  /** In milliseconds since 1970. */
  readonly staleMs: number;
}

/** Knows how a registry wants to be asked, once it has said so, and keeps tokens until they are too old. */
export class Authenticator {
  readonly #options: AuthenticatorOptions;
  readonly #tokens = new Map<string, Promise<KnownHeader>>();
  #way: "none" | "basic" | TokenServer = "none";
  #basic: Promise<KnownHeader | undefined> | undefined;

  constructor(options: AuthenticatorOptions) {
    this.#options = options;
  }

  /** What goes into `Authorization`; `undefined` for nothing. */
  async header(scopes: readonly string[]): Promise<string | undefined> {
    if (this.#way === "none") return undefined;
    if (this.#way === "basic") return this.#basicHeader();
    return this.#tokenHeader(this.#way, scopes);
  }

  /**
   * Takes in that a request was answered with 401, and gives what to try next.
   * @throws RegistryError `unauthenticated` when there is nothing else to try.
   */
  async afterRefusal(
    headers: Headers,
    request: { readonly scopes: readonly string[]; readonly sent: string | undefined },
  ): Promise<string> {
    const { scopes, sent } = request;
    const challenges = parseChallenges(headers.get("www-authenticate"));
    const bearer = challenges.find(({ scheme, parameters }) => scheme === "bearer" && parameters.has("realm"));
    let next: string | undefined;
    if (bearer !== undefined) {
      this.#way = { realm: bearer.parameters.get("realm") ?? "", service: bearer.parameters.get("service") };
      const wanted = [...scopes, ...(bearer.parameters.get("scope") ?? "").split(" ")];
      next = await this.#tokenHeader(this.#way, wanted, sent);
    } else if (challenges.some(({ scheme }) => scheme === "basic")) {
      this.#way = "basic";
      next = await this.#basicHeader();
      if (next !== undefined && next === sent) {
        this.#basic = this.#readBasic(true);
        next = (await this.#basic)?.header;
      }
    }
    if (next !== undefined && next !== sent) return next;
    throw this.#refused(sent !== undefined || next !== undefined);
  }

  async #basicHeader(): Promise<string | undefined> {
    const request = this.#basic;
    const known = await request;
    if (known !== undefined && Date.now() < known.staleMs) return known.header;
    if (this.#basic === request) this.#basic = this.#readBasic(false);
    return (await this.#basic)?.header;
  }

  async #readBasic(isRefused: boolean): Promise<KnownHeader | undefined> {
    try {
      const credentials = await this.#credentials(isRefused);
      if (credentials === undefined) return undefined;
      if (credentials.kind === "basic") return { header: basic(credentials), staleMs: credentials.staleMs ?? Infinity };
      if (credentials.kind === "bearer") return { header: `Bearer ${credentials.token}`, staleMs: Infinity };
      const advice = "log in with a user and a password";
      throw new RegistryError("unauthenticated", `"${this.#options.host}" does not take identity tokens; ${advice}`);
    } catch (error) {
      this.#basic = undefined;
      throw error;
    }
  }

  // Many requests begin at once, and one token serves them all. A failure is not kept.
  async #tokenHeader(server: TokenServer, wanted: readonly string[], refused?: string): Promise<string> {
    const scopes = merged(wanted);
    const key = scopes.join(" ");
    const request = this.#tokens.get(key);
    const known = await request;
    if (known !== undefined && known.header !== refused && Date.now() < known.staleMs) return known.header;
    const later = this.#tokens.get(key);
    // Somebody else may have asked while this one waited.
    if (later !== undefined && later !== request) return (await later).header;
    const next = this.#requestToken(server, scopes, refused !== undefined);
    this.#tokens.set(key, next);
    try {
      return (await next).header;
    } catch (error) {
      if (this.#tokens.get(key) === next) this.#tokens.delete(key);
      throw error;
    }
  }

  async #requestToken(server: TokenServer, scopes: readonly string[], isRefused: boolean): Promise<KnownHeader> {
    const { http, policy, allowsPlainHttp } = this.#options;
    const credentials = await this.#credentials(isRefused);
    if (credentials?.kind === "bearer") return { header: `Bearer ${credentials.token}`, staleMs: 0 };
    const begin = Date.now();
    const { text, lifetimeMs } = await retrying(
      () => requestToken(http, { server, scopes, credentials, allowsPlainHttp }),
      { policy },
    );
    return { header: `Bearer ${text}`, staleMs: begin + lifetimeMs * USABLE_PART };
  }

  #credentials(isRefused: boolean): Promise<Credentials | undefined> {
    const { source, host } = this.#options;
    return source.credentials({ host, isRefused });
  }

  #refused(hadCredentials: boolean): RegistryError {
    const { host } = this.#options;
    return new RegistryError(
      "unauthenticated",
      hadCredentials
        ? `registry "${host}" refuses the user and password, or what they may do; log in again, as with "docker login ${host}"`
        : `registry "${host}" wants a user and a password; log in, as with "docker login ${host}"`,
    );
  }
}

/** One scope for each thing, with all that is to be done with it. */
function merged(scopes: readonly string[]): readonly string[] {
  const actions = new Map<string, Set<string>>();
  for (const scope of scopes.filter((text) => text !== "")) {
    const colon = scope.lastIndexOf(":");
    const [thing, wanted] = [scope.slice(0, colon), scope.slice(colon + 1).split(",")];
    actions.set(thing, new Set([...(actions.get(thing) ?? []), ...wanted]));
  }
  return [...actions].map(([thing, wanted]) => `${thing}:${[...wanted].toSorted().join(",")}`).toSorted();
}
