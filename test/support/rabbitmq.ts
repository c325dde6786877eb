import { type ChildProcess, execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { access, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { afterAll, beforeAll } from "vitest";

const run = promisify(execFile);

/** A RabbitMQ of one's own, with its own Erlang port mapper. */
export interface Rabbitmq {
  /** `amqp://…`, password included; the same after a restart, as are durable queues. */
  readonly url: string;
  /** Starts it again after {@link stop} or {@link kill}. */
  start(): Promise<void>;
  /** Lets it end in order. */
  stop(): Promise<void>;
  /** Ends it as a loss of power would. */
  kill(): Promise<void>;
  /** Makes it hang, as a machine that swaps does, until it is ended. */
  freeze(): void;
  /** Runs `rabbitmqctl` on it; it takes a second or two. */
  control(...args: string[]): Promise<string>;
  /** Stops it and removes its files. */
  close(): Promise<void>;
}

/** A real RabbitMQ for the tests of this file or `describe` block: started before them, gone after them. */
export function useRabbitmq(): { readonly server: Rabbitmq } {
  let server: Rabbitmq | undefined;
  beforeAll(async () => {
    server = await startRabbitmq();
  }, START_MS);
  afterAll(async () => server?.close());
  return {
    get server() {
      if (server === undefined) throw new Error("RabbitMQ starts before the first test; use it in a test or hook");
      return server;
    },
  };
}

/** How long a test may wait for a start: some three seconds, more on a busy machine. */
export const START_MS = 60_000;

/** Debian's wrapper in /usr/sbin would change the account and the folder of the log. */
const PROGRAMS = "/usr/lib/rabbitmq/bin";
const READY = "Server startup complete";

/**
 * Starts a server on free loopback ports, with its data, log and node name in a folder of its own.
 * @throws Error when RabbitMQ is not installed, telling how to install it.
 */
export async function startRabbitmq(): Promise<Rabbitmq> {
  await access(join(PROGRAMS, "rabbitmq-server")).catch((cause: unknown) => {
    const found = `RabbitMQ is not installed (no "${PROGRAMS}/rabbitmq-server")`;
    throw new Error(`${found}; run: apt-get install -y --no-install-recommends rabbitmq-server`, { cause });
  });
  const directory = await mkdtemp(join(tmpdir(), "fmesh-rabbitmq-"));
  const [port, mapperPort, nodePort] = [await freePort(), await freePort(), await freePort()];
  const password = randomBytes(16).toString("hex");
  const env = await configure({ directory, port, mapperPort, nodePort, password });
  const mapper = spawn("epmd", ["-port", String(mapperPort), "-address", "127.0.0.1"], { env, stdio: "ignore" });
  await once(mapper, "spawn");
  let server: ChildProcess | undefined;

  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (server !== undefined) await stopProcess(server, signal);
    server = undefined;
  };
  const rabbitmq: Rabbitmq = {
    url: `amqp://fmesh:${password}@127.0.0.1:${port}`,
    async start() {
      server = await startServer(env);
    },
    stop: () => end("SIGTERM"),
    kill: () => end("SIGKILL"),
    freeze: () => void server?.kill("SIGSTOP"),
    async control(...args) {
      const { stdout } = await run(join(PROGRAMS, "rabbitmqctl"), ["--quiet", ...args], { env });
      return stdout;
    },
    async close() {
      await end("SIGTERM");
      await stopProcess(mapper, "SIGTERM");
      await rm(directory, { recursive: true, force: true });
    },
  };
  try {
    await rabbitmq.start();
    return rabbitmq;
  } catch (error) {
    await rabbitmq.close();
    throw error;
  }
}

async function configure(options: {
  directory: string;
  port: number;
  mapperPort: number;
  nodePort: number;
  password: string;
}): Promise<NodeJS.ProcessEnv> {
  const { directory, port, mapperPort, nodePort, password } = options;
  const settings = [
    `listeners.tcp.default = 127.0.0.1:${port}`,
    "default_user = fmesh",
    `default_pass = ${password}`,
    "log.console = true",
    "log.file = false",
    // The tests' disk may be fuller than a server's should be.
    "disk_free_limit.absolute = 1MB",
  ];
  await writeFile(join(directory, "rabbitmq.conf"), settings.join("\n"), { mode: 0o600 });
  await writeFile(join(directory, "enabled_plugins"), "[].");
  return {
    PATH: "/usr/sbin:/usr/bin:/sbin:/bin",
    LANG: "C.UTF-8",
    HOME: directory,
    RABBITMQ_NODENAME: `fmesh-${port}@localhost`,
    RABBITMQ_CONFIG_FILE: join(directory, "rabbitmq.conf"),
    RABBITMQ_CONF_ENV_FILE: join(directory, "none"),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(directory, "enabled_plugins"),
    RABBITMQ_MNESIA_BASE: join(directory, "data"),
    RABBITMQ_LOG_BASE: join(directory, "log"),
    RABBITMQ_PID_FILE: join(directory, "pid"),
    RABBITMQ_DIST_PORT: String(nodePort),
    // One scheduler starts faster than one per core, and leaves the other cores to the tests.
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: "+S 1:1 -start_epmd false -kernel inet_dist_use_interface {127,0,0,1}",
    ERL_EPMD_PORT: String(mapperPort),
    ERL_EPMD_ADDRESS: "127.0.0.1",
    // Without it the script stays, as the parent of a server that would outlive it.
    RUNNING_UNDER_SYSTEMD: "true",
  };
}

async function startServer(env: NodeJS.ProcessEnv): Promise<ChildProcess> {
  const server = spawn(join(PROGRAMS, "rabbitmq-server"), { env, stdio: ["ignore", "pipe", "pipe"] });
  const lines: string[] = [];
  const { stdout, stderr } = server;
  await new Promise<void>((resolve, reject) => {
    for (const input of [stdout, stderr]) {
      createInterface({ input }).on("line", (line) => {
        if (lines.push(line) > 200) lines.shift();
        if (line.includes(READY)) resolve();
      });
    }
    server.once("error", reject);
    server.once("close", () => reject(new Error(`RabbitMQ does not start: ${lines.join("\n")}`)));
  });
  return server;
}

async function stopProcess(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill(signal);
  await ended;
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
