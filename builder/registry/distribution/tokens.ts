import * as v from "valibot";
import type { Credentials } from "../credentials.ts";
import { RegistryError } from "../registry-error.ts";
import type { Http, WholeAnswer } from "./http.ts";
import { isSafe } from "./origin.ts";
import { refusalOf } from "./refusal.ts";

/** Who gives out tokens, as a challenge tells. */
export interface TokenServer {
  readonly realm: string;
  readonly service: string | undefined;
}

export interface Token {
  readonly text: string;
  readonly lifetimeMs: number;
}

const AnswerSchema = v.object({
  token: v.optional(v.string()),
  access_token: v.optional(v.string()),
  expires_in: v.optional(v.number()),
});

/** What the token specification gives a token for that says nothing. */
const DEFAULT_SECONDS = 60;
const MAX_SECONDS = 24 * 60 * 60;

/**
 * Asks for a token: by GET with user and password, by POST with a refresh token.
 * @throws RegistryError
 */
export async function requestToken(
  http: Http,
  options: {
    readonly server: TokenServer;
    readonly scopes: readonly string[];
    readonly credentials: Exclude<Credentials, { kind: "bearer" }> | undefined;
    readonly allowsPlainHttp: boolean;
  },
): Promise<Token> {
  const { server, scopes, credentials, allowsPlainHttp } = options;
  const url = URL.parse(server.realm);
  if (url === null || !isSafe(url, allowsPlainHttp)) {
    throw new RegistryError("refused", `the registry wants a token of "${server.realm}", to which no password is sent`);
  }
  const service: [string, string][] = server.service === undefined ? [] : [["service", server.service]];
  const answer =
    credentials?.kind === "identity"
      ? await http.send({
          method: "POST",
          url,
          headers: { "content-type": "application/x-www-form-urlencoded" },
          body: () =>
            encoded([
              ["grant_type", "refresh_token"],
              ["client_id", "functions-mesh"],
              ["refresh_token", credentials.token],
              ["scope", scopes.join(" ")],
              ...service,
            ]),
        })
      : await http.send({
          method: "GET",
          url: withQuery(url, [...service, ...scopes.map((scope): [string, string] => ["scope", scope])]),
          headers: credentials === undefined ? {} : { authorization: basic(credentials) },
        });
  if (answer.status !== 200) throw refusalOf(answer, `giving a token for ${scopes.join(" ")}`);
  return toToken(answer);
}

/** The header of RFC 7617, in UTF-8. */
export function basic({ user, password }: { readonly user: string; readonly password: string }): string {
  const bytes = new TextEncoder().encode(`${user}:${password}`);
  return `Basic ${btoa(Array.from(bytes, (byte) => String.fromCodePoint(byte)).join(""))}`;
}

function toToken({ bytes, url }: WholeAnswer): Token {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), AnswerSchema), new TextDecoder().decode(bytes));
  const {
    token,
    access_token: accessToken,
    expires_in: seconds = DEFAULT_SECONDS,
  } = parsed.success ? parsed.output : {};
  const text = token ?? accessToken;
  if (text === undefined) throw new RegistryError("refused", `"${url.host}" answers without a token`);
  return { text, lifetimeMs: Math.min(Math.max(seconds, 0), MAX_SECONDS) * 1000 };
}

function withQuery(url: URL, fields: readonly [string, string][]): URL {
  const next = new URL(url);
  for (const [name, value] of fields) next.searchParams.append(name, value);
  return next;
}

function encoded(fields: readonly [string, string][]): Uint8Array {
  return new TextEncoder().encode(new URLSearchParams(fields.map(([name, value]) => [name, value])).toString());
}
