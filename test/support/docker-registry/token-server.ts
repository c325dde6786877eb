import { execFile } from "node:child_process";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { SignJWT } from "jose";

const run = promisify(execFile);

/** Who gives out the tokens of a registry, as Docker Hub, GHCR, Harbor and GitLab have it. */
export interface TokenServer {
  /** What the registry names in its challenges. */
  readonly realm: string;
  readonly service: string;
  readonly issuer: string;
  /** What the registry trusts tokens of. */
  readonly certificateFile: string;
  /** What was asked for, in order. */
  readonly requests: readonly TokenRequest[];
  /** For tests of what becomes of old tokens. The registry itself is lenient for a minute. */
  lifetimeSeconds: number;
  /** Gives no one more than this; `undefined` is all that is asked for. */
  actions: readonly string[] | undefined;
  /** A repository for which nobody gets anything. */
  hidden: string | undefined;
  close(): Promise<void>;
}

export interface TokenRequest {
  readonly method: string;
  readonly scopes: readonly string[];
  readonly user: string | undefined;
}

export interface TokenServerOptions {
  readonly folder: string;
  readonly user: string;
  readonly password: string;
  /** Taken for a refresh token as well: what `docker login` keeps as `identitytoken`. */
  readonly identityToken: string;
}

/** Tokens as the distribution project's token specification describes them: by GET, and by POST with a refresh token. */
export async function startTokenServer(options: TokenServerOptions): Promise<TokenServer> {
  const { folder, user, password, identityToken } = options;
  const [keyFile, certificateFile] = [join(folder, "token.key"), join(folder, "token.crt")];
  const request = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=tokens"];
  await run("openssl", [...request, "-keyout", keyFile, "-out", certificateFile]);
  const key = createPrivateKey(await readFile(keyFile));
  const x5c = [new X509Certificate(await readFile(certificateFile)).raw.toString("base64")];
  const [service, issuer] = ["registry of the tests", "tokens of the tests"];
  const requests: TokenRequest[] = [];
  const authorization = `Basic ${btoa(`${user}:${password}`)}`;

  const answer = async (asked: Request): Promise<Response> => {
    const isPost = asked.method === "POST";
    const fields = isPost ? new URLSearchParams(await asked.text()) : new URL(asked.url).searchParams;
    const scopes = fields.getAll("scope").flatMap((scope) => scope.split(" "));
    const isKnown = isPost
      ? fields.get("refresh_token") === identityToken
      : asked.headers.get("authorization") === authorization;
    requests.push({ method: asked.method, scopes, user: isKnown ? user : undefined });
    if (fields.get("service") !== service) return new Response("which service?", { status: 400 });
    if (!isKnown) return Response.json({ errors: [{ code: "UNAUTHORIZED" }] }, { status: 401 });
    const access = scopes.map((scope) => {
      const [type, name, actions = ""] = scope.split(":");
      const wanted = name === server.hidden ? [] : actions.split(",");
      return { type, name, actions: wanted.filter((action) => server.actions?.includes(action) ?? true) };
    });
    const now = Math.floor(Date.now() / 1000);
    const token = await new SignJWT({ access })
      .setProtectedHeader({ alg: "RS256", typ: "JWT", x5c })
      .setIssuer(issuer)
      .setSubject(user)
      .setAudience(service)
      .setJti(crypto.randomUUID())
      .setIssuedAt(now)
      .setNotBefore(now)
      .setExpirationTime(now + server.lifetimeSeconds)
      .sign(key);
    const text = isPost ? { access_token: token } : { token };
    return Response.json({
      ...text,
      expires_in: server.lifetimeSeconds,
      issued_at: new Date(now * 1000).toISOString(),
    });
  };

  const http = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: answer });
  const server: TokenServer = {
    realm: `http://127.0.0.1:${http.port}/token`,
    service,
    issuer,
    certificateFile,
    requests,
    lifetimeSeconds: 300,
    actions: undefined,
    hidden: undefined,
    close: () => http.stop(true),
  };
  return server;
}
