import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { type Certificates, makeCertificates } from "./certificates.ts";
import { startTokenServer, type TokenServer } from "./docker-registry/token-server.ts";

export interface DockerRegistryOptions {
  /** Who may do what. Default `none`: everybody everything. */
  readonly auth?: "none" | "htpasswd" | "token";
  /** Default: plain HTTP. */
  readonly tls?: boolean;
}

/** A registry of one's own: Debian's `docker-registry`, the reference implementation of the distribution project. */
export interface DockerRegistry {
  /** `127.0.0.1:port`; the same after a restart. */
  readonly host: string;
  /** With `http` or `https`. */
  readonly url: string;
  /** For `htpasswd` and `token`. */
  readonly user: string;
  readonly password: string;
  /** A refresh token, for `token`. */
  readonly identityToken: string;
  /** With `tls`. */
  readonly certificates: Certificates | undefined;
  /** With `token`. */
  readonly tokens: TokenServer | undefined;
  /** What the registry has on disk. */
  readonly storage: string;
  /** Starts it again after {@link stop}. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Stops it and removes its files. */
  close(): Promise<void>;
}

/** A real registry for the tests of this file or `describe` block: started before them, gone after them. */
export function useDockerRegistry(options: DockerRegistryOptions = {}): { readonly server: DockerRegistry } {
  let server: DockerRegistry | undefined;
  beforeAll(async () => {
    server = await startDockerRegistry(options);
  });
  afterAll(async () => server?.close());
  return {
    get server() {
      if (server === undefined) throw new Error("the registry starts before the first test; use it in a test or hook");
      return server;
    },
  };
}

/**
 * Starts an empty registry on a free loopback port.
 * @throws Error when docker-registry is not installed, telling how to install it.
 */
export async function startDockerRegistry(options: DockerRegistryOptions = {}): Promise<DockerRegistry> {
  const { auth = "none", tls = false } = options;
  const binary = Bun.which("docker-registry", { PATH: `${process.env.PATH ?? ""}:/usr/bin` });
  if (binary === null) {
    throw new Error("docker-registry is not installed; run: apt-get install --no-install-recommends docker-registry");
  }
  const folder = await mkdtemp(join(tmpdir(), "fmesh-docker-registry-"));
  const [user, password, identityToken] = ["tester", randomBytes(12).toString("hex"), randomBytes(12).toString("hex")];
  const storage = join(folder, "storage");
  let tokens: TokenServer | undefined;
  let child: Running | undefined;
  const end = async (): Promise<void> => {
    child?.process.kill("SIGKILL");
    await child?.process.exited;
    child = undefined;
  };
  const close = async (): Promise<void> => {
    await end();
    await tokens?.close();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const certificates = tls ? await makeCertificates(folder) : undefined;
    if (auth === "token") tokens = await startTokenServer({ folder, user, password, identityToken });
    const settings = {
      version: 0.1,
      log: { level: "info", accesslog: { disabled: true } },
      storage: { filesystem: { rootdirectory: storage }, delete: { enabled: true } },
      ...(auth === "htpasswd" && { auth: await basicAuth({ folder, user, password }) }),
      ...(tokens !== undefined && { auth: tokenAuth(tokens) }),
    };
    const start = async (port: number): Promise<void> => {
      const file = join(folder, "config.yml");
      const { certificateFile: certificate, keyFile: key } = certificates ?? {};
      const http = { addr: `127.0.0.1:${port}`, ...(tls && { tls: { certificate, key } }) };
      // JSON is YAML.
      await writeFile(file, JSON.stringify({ ...settings, http }));
      child = await startProcess(binary, file);
    };
    // 0 is a free port; the log tells which.
    await start(0);
    const port = child?.port ?? 0;
    const host = `127.0.0.1:${port}`;
    const url = `${tls ? "https" : "http"}://${host}`;
    const facts = { host, url, user, password, identityToken, certificates, tokens, storage };
    return { ...facts, start: () => start(port), stop: end, close };
  } catch (error) {
    await close();
    throw error;
  }
}

interface Running {
  readonly process: Bun.Subprocess<"ignore", "ignore", "pipe">;
  readonly port: number;
}

async function startProcess(binary: string, config: string): Promise<Running> {
  const child = Bun.spawn([binary, "serve", config], {
    env: { OTEL_TRACES_EXPORTER: "none" },
    stdin: "ignore",
    stdout: "ignore",
    stderr: "pipe",
  });
  const decoder = new TextDecoder();
  const reader = child.stderr.getReader();
  let log = "";
  let port: string | undefined;
  while (port === undefined) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`docker-registry ended before it was ready: ${log}`);
    log += decoder.decode(value, { stream: true });
    port = /listening on [^"]*?:(\d+)/.exec(log)?.[1];
  }
  reader.releaseLock();
  // Read on, so that the server never waits for its log.
  void child.stderr.pipeTo(new WritableStream());
  return { process: child, port: Number(port) };
}

async function basicAuth(options: { folder: string; user: string; password: string }): Promise<object> {
  const path = join(options.folder, "htpasswd");
  const hash = await Bun.password.hash(options.password, { algorithm: "bcrypt", cost: 4 });
  await writeFile(path, `${options.user}:${hash}\n`);
  return { htpasswd: { realm: "registry of the tests", path } };
}

function tokenAuth({ realm, service, issuer, certificateFile: rootcertbundle }: TokenServer): object {
  return { token: { realm, service, issuer, rootcertbundle } };
}
