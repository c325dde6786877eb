import { type ChildProcess, execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { chown, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { afterAll, beforeAll } from "vitest";

const run = promisify(execFile);

/** A PostgreSQL server of one's own. */
export interface Postgres {
  /** `postgres://…`, password included; the database `postgres` is empty. */
  readonly url: string;
  /** Stops the server and removes its files. */
  close(): Promise<void>;
}

/** A real PostgreSQL for the tests of this file or `describe` block: started before them, gone after them. */
export function usePostgres(): { readonly url: string } {
  let server: Postgres | undefined;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(async () => server?.close());
  return {
    get url() {
      if (server === undefined)
        throw new Error("PostgreSQL starts before the first test; read its url in a test or hook");
      return server.url;
    },
  };
}

/**
 * Starts a server with an empty data directory on a free loopback port.
 * @throws Error when PostgreSQL is not installed, telling how to install it.
 */
export async function startPostgres(): Promise<Postgres> {
  const bin = await findPrograms();
  const account = await findAccount();
  const directory = await mkdtemp(join(tmpdir(), "fmesh-postgres-"));
  const remove = (): Promise<void> => rm(directory, { recursive: true, force: true });
  try {
    const password = randomBytes(16).toString("hex");
    const passwordFile = join(directory, "password");
    await writeFile(passwordFile, password, { mode: 0o600 });
    if (account !== undefined) {
      await chown(directory, account.uid, account.gid);
      await chown(passwordFile, account.uid, account.gid);
    }
    const data = join(directory, "data");
    const init = ["--pgdata", data, "--username", "postgres", "--pwfile", passwordFile];
    const initOptions = ["--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C", "--no-sync"];
    const [initdb, ...initArgs] = asAccount(account, join(bin, "initdb"), [...init, ...initOptions]);
    await run(initdb, initArgs, { cwd: directory, env: ENVIRONMENT });
    const { child, port } = await listen({ bin, data, directory, account });
    return {
      url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`,
      async close() {
        await stop(child);
        await remove();
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

interface Account {
  readonly uid: number;
  readonly gid: number;
}

const ENVIRONMENT = { PATH: "/usr/bin:/bin", LC_ALL: "C" };
const READY = "database system is ready to accept connections";
const ATTEMPTS = 3;
const PATIENCE_MS = 3000;

async function listen(options: {
  bin: string;
  data: string;
  directory: string;
  account: Account | undefined;
}): Promise<{ child: ChildProcess; port: number }> {
  const { bin, data, directory, account } = options;
  let output = "";
  // Somebody else may take the free port first.
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const port = await freePort();
    const settings = [`port=${port}`, "listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off"];
    const args = ["-D", data, ...settings.flatMap((setting) => ["-c", setting])];
    const [postgres, ...postgresArgs] = asAccount(account, join(bin, "postgres"), args);
    const child = spawn(postgres, postgresArgs, {
      cwd: directory,
      env: ENVIRONMENT,
      stdio: ["ignore", "ignore", "pipe"],
    });
    output = await untilReady(child);
    if (output === READY) return { child, port };
  }
  throw new Error(`PostgreSQL does not start: ${output}`);
}

/** {@link READY}, or what the server wrote before it gave up. */
async function untilReady(child: ChildProcess): Promise<string> {
  if (child.stderr === null) throw new Error("PostgreSQL was started without its stderr");
  const lines: string[] = [];
  const reader = createInterface({ input: child.stderr });
  return new Promise((resolve, reject) => {
    reader.on("line", (line) => {
      lines.push(line);
      if (line.includes(READY)) resolve(READY);
    });
    child.once("error", reject);
    child.once("close", () => resolve(lines.join("\n")));
  });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  // SIGTERM waits for clients to finish hanging up, so that none sees an error; SIGINT, for those who forgot, does not.
  child.kill("SIGTERM");
  const hurry = setTimeout(() => child.kill("SIGINT"), PATIENCE_MS);
  await ended;
  clearTimeout(hurry);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("the free port has no number");
  return address.port;
}

/** PostgreSQL refuses to run as root; Debian's package brings an account for it. */
async function findAccount(): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const [uid, gid] = await Promise.all(
    ["-u", "-g"].map(async (flag) => Number((await run("id", [flag, "postgres"])).stdout)),
  );
  if (uid === undefined || gid === undefined) throw new Error("there is no account 'postgres' to run PostgreSQL as");
  return { uid, gid };
}

function asAccount(account: Account | undefined, program: string, args: readonly string[]): [string, ...string[]] {
  if (account === undefined) return [program, ...args];
  const { uid, gid } = account;
  return ["setpriv", `--reuid=${uid}`, `--regid=${gid}`, "--clear-groups", program, ...args];
}

async function findPrograms(): Promise<string> {
  const root = "/usr/lib/postgresql";
  const versions = await readdir(root).catch(() => []);
  const newest = versions
    .map(Number)
    .filter(Number.isInteger)
    .toSorted((a, b) => b - a)[0];
  if (newest === undefined) {
    throw new Error(`PostgreSQL is not installed (nothing in "${root}"); run: apt-get install -y postgresql`);
  }
  return join(root, String(newest), "bin");
}
