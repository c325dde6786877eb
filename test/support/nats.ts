import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLog } from "../../mesh/log.ts";
import type { NatsAuth } from "../../nats-server/options.ts";
import { type Relay, relayUnixSocket } from "../../nats-server/relay.ts";
import { type NatsServer, startNatsServer } from "../../nats-server/server.ts";

/** The embedded broker, or the NATS project's own. */
export type BrokerKind = "embedded" | "nats-server";

export interface UseNatsOptions {
  readonly auth?: NatsAuth;
  readonly maxPayloadBytes?: number;
  /** Default: a free port. */
  readonly tcpPort?: number;
  /** Default: a free port. */
  readonly wsPort?: number;
  /** Default: none. The NATS project's own has it by a relay. */
  readonly unixPath?: string;
  /** Asks for encryption by TCP; of the NATS project's own alone. */
  readonly tls?: ServerCertificate;
  /** Asks for encryption by WebSocket; of the NATS project's own alone. */
  readonly webSocketTls?: ServerCertificate;
  /** More of its configuration; of the NATS project's own alone. */
  readonly configLines?: readonly string[];
}

export interface ServerCertificate {
  readonly certificateFile: string;
  readonly keyFile: string;
}

/** A broker that was started for a test. */
export interface BrokerUnderTest {
  readonly kind: BrokerKind;
  readonly tcpUrl: string;
  readonly wsUrl: string;
  /** Empty without a Unix socket. */
  readonly unixUrl: string;
  /** The embedded server itself; `undefined` for the other. */
  readonly server: NatsServer | undefined;
  stop(): Promise<void>;
}

const KINDS: readonly BrokerKind[] = ["embedded", "nats-server"];

/**
 * The brokers every suite runs against: both, or the one that `FMESH_TEST_BROKER` names.
 * @throws Error when that is neither.
 */
export function brokersUnderTest(): readonly BrokerKind[] {
  const { FMESH_TEST_BROKER: only } = process.env;
  if (only === undefined || only === "") return KINDS;
  const named = KINDS.filter((kind) => kind === only);
  if (named.length === 0) throw new Error(`FMESH_TEST_BROKER is "${only}"; use ${KINDS.join(" or ")}`);
  return named;
}

/** Starts a broker on loopback. Whoever starts it stops it. */
export function useNats(kind: BrokerKind, options: UseNatsOptions = {}): Promise<BrokerUnderTest> {
  return kind === "embedded" ? startEmbedded(options) : startProcess(options);
}

async function startEmbedded(options: UseNatsOptions): Promise<BrokerUnderTest> {
  const server = await startNatsServer({ tcpPort: 0, wsPort: 0, lameDuckMs: 0, ...options });
  return {
    kind: "embedded",
    tcpUrl: server.tcpUrl ?? "",
    wsUrl: server.wsUrl ?? "",
    unixUrl: server.unixUrl ?? "",
    server,
    stop: () => server.close(),
  };
}

async function startProcess(options: UseNatsOptions): Promise<BrokerUnderTest> {
  const binary = Bun.which("nats-server", { PATH: `${process.env.PATH ?? ""}:/usr/sbin:/usr/local/sbin` });
  if (binary === null) throw new Error("nats-server is not installed; get it with `apt-get install nats-server`");
  const directory = await mkdtemp(join(tmpdir(), "nats-server-"));
  const config = join(directory, "server.conf");
  await writeFile(config, configText(options));
  const child = Bun.spawn([binary, "--config", config], { stdin: "ignore", stdout: "ignore", stderr: "pipe" });
  let relay: Relay | undefined;
  const stop = async (): Promise<void> => {
    await relay?.close();
    child.kill();
    await child.exited;
    await rm(directory, { recursive: true, force: true });
  };
  try {
    const { tcpUrl, wsUrl } = await untilReady(child.stderr);
    const { unixPath: path } = options;
    if (path !== undefined) relay = await relayUnixSocket({ path, to: tcpUrl, log: silentLog });
    return { kind: "nats-server", tcpUrl, wsUrl, unixUrl: relay?.url ?? "", server: undefined, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function configText(options: UseNatsOptions): string {
  const { auth, maxPayloadBytes, tcpPort, wsPort, tls, webSocketTls, configLines = [] } = options;
  const credentials =
    auth === undefined
      ? ""
      : "token" in auth
        ? `authorization { token: ${JSON.stringify(auth.token)} }`
        : `authorization { user: ${JSON.stringify(auth.user)}, password: ${JSON.stringify(auth.password)} }`;
  // -1 is this server's word for a free port.
  return [
    `listen: "127.0.0.1:${tcpPort ?? -1}"`,
    `websocket { listen: "127.0.0.1:${wsPort ?? -1}", ${webSocketTls === undefined ? "no_tls: true" : tlsText(webSocketTls)} }`,
    maxPayloadBytes === undefined ? "" : `max_payload: ${maxPayloadBytes}`,
    credentials,
    tls === undefined ? "" : tlsText(tls),
    ...configLines,
  ].join("\n");
}

function tlsText({ certificateFile, keyFile }: ServerCertificate): string {
  return `tls { cert_file: ${JSON.stringify(certificateFile)}, key_file: ${JSON.stringify(keyFile)} }`;
}

/** Reads the log up to the line that says so, and goes on reading, so that the server never waits for its log. */
async function untilReady(log: ReadableStream<Uint8Array>): Promise<{ tcpUrl: string; wsUrl: string }> {
  const decoder = new TextDecoder();
  const reader = log.getReader();
  let text = "";
  while (!text.includes("Server is ready")) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`nats-server ended before it was ready: ${text}`);
    text += decoder.decode(value, { stream: true });
  }
  reader.releaseLock();
  void log.pipeTo(new WritableStream());
  const tcp = /Listening for client connections on (\S+)/.exec(text)?.[1];
  const ws = /Listening for websocket clients on (\S+)/.exec(text)?.[1];
  if (tcp === undefined || ws === undefined) throw new Error(`nats-server does not say where it listens: ${text}`);
  return { tcpUrl: `nats://${tcp}`, wsUrl: ws };
}
