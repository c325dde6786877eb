import { dirname, resolve } from "node:path";
import type { Broker } from "../../mesh/broker.ts";
import type { Closable } from "../../mesh/lifecycle.ts";
import type { Log } from "../../mesh/log.ts";
import type { Tracing } from "../../mesh/tracing.ts";
import type { GatewayConfig } from "../config.ts";
import type { AdminSetup } from "./administration.ts";
import type { ConsoleFiles } from "../console.ts";
import { ClientSockets } from "../space-cloud/socket/client-sockets.ts";
import { type AssembledGateway, assembleGateway } from "./assemble.ts";
import { type SocketData, socketHandler, upgrade } from "./bun/sockets.ts";
import type { GrpcServer } from "./grpc/start.ts";
import { LiveDatabases } from "./databases.ts";
import { RecordFolder } from "./record-journal.ts";

/** A gateway that listens. */
export interface RunningGateway extends Closable {
  /** `http://host:port`, with the port that was really taken. */
  readonly url: string;
  /** `host:port` of the gRPC service, with the port that was really taken; not there when there is none. */
  readonly grpcAddress?: string | undefined;
  /**
   * Puts another configuration in force, without dropping a call. Addresses and ports stay as they were.
   * @throws ConfigError as at the start; the one in force stays.
   */
  replaceConfig(config: GatewayConfig): void;
  /** Takes no new connections, finishes the calls in flight (at most ten seconds), then those of its workers, and stops. */
  close(): Promise<void>;
}

const DRAIN_MS = 10_000;
/** Longest that Bun lets a connection be silent; calls that may last longer switch the limit off for themselves. */
const MAX_IDLE_SECONDS = 255;

/**
 * Serves the gateway on Bun.
 *
 * @param options.configFile where the configuration came from: relative paths in it start from its folder.
 * @throws ConfigError for keys and databases that cannot be used; `code: "EADDRINUSE"` when an address is taken, and then
 *   {@link GrpcAddressError} for that of the gRPC service.
 */
export async function startGateway(
  config: GatewayConfig,
  options: {
    readonly configFile: string;
    readonly broker: Broker;
    readonly log: Log;
    /** Where the spans of calls go; without it there are none. */
    readonly tracing?: Tracing | undefined;
    /** Where records of calls wait to be shipped when the configuration does not say; without it they do not. */
    readonly recordsFolder?: string;
    /** What the console is made of; without it there is none. */
    readonly consoleFiles?: ConsoleFiles;
    /** How it is administered; without it, it is not. */
    readonly admin?: AdminSetup;
    /** How long a connection may be silent that waits for no stream. Default: 255, as long as Bun allows. */
    readonly idleSeconds?: number;
    /** How many websockets of clients there may be at once. Default 10 000. */
    readonly maxSockets?: number;
    /** How much may wait for all of them to read it, in bytes. Default 256 MiB. */
    readonly maxUnsentBytes?: number;
  },
): Promise<RunningGateway> {
  const { broker, configFile, log, tracing, recordsFolder, consoleFiles, maxSockets, maxUnsentBytes } = options;
  const { idleSeconds = MAX_IDLE_SECONDS } = options;
  const { folder = recordsFolder, maxBytes } = config.gateway.records;
  const journals =
    folder === undefined
      ? undefined
      : new RecordFolder({ folder: resolve(dirname(configFile), folder), maxBytes, log });
  const gateway = assembleGateway(config, {
    configFile,
    broker,
    log,
    tracing,
    journals,
    consoleFiles,
    admin: options.admin,
    hasSockets: true,
    databases: new LiveDatabases(dirname(configFile), log),
    keepOpen: (request) => server.timeout(request, 0),
  });

  const sockets = new ClientSockets({
    workers: gateway.workers,
    features: gateway.features,
    policy: gateway.policy,
    log,
    pingSeconds: config.gateway.spaceCloud.pingSeconds,
    maxSockets,
    maxUnsentBytes,
  });
  const server = Bun.serve<SocketData>({
    hostname: config.gateway.host,
    port: config.gateway.port,
    // It is the app that refuses a body: Bun's own refusal says nothing, and clients of 2019 fail on that.
    maxRequestBodySize: Number.MAX_SAFE_INTEGER,
    idleTimeout: idleSeconds,
    // Bun's page for a failure during development shows source code, to whoever asks.
    development: false,
    // Without that page Bun would let another process have the same port, and half of the calls.
    reusePort: false,
    websocket: socketHandler(sockets, config.gateway.limits),
    fetch: (request, self) => {
      const upgraded = upgrade(request, self, { sockets, cors: gateway.policy.current.cors });
      if (upgraded !== undefined) return upgraded === "upgraded" ? undefined : upgraded;
      if (gateway.policy.current.limits.maxTimeoutMs >= idleSeconds * 1000) self.timeout(request, 0);
      return gateway.fetch(withOrigin(request));
    },
  });
  let grpc: GrpcServer | undefined;
  try {
    grpc = await openGrpc(config.gateway, gateway, log);
  } catch (error) {
    await server.stop(true);
    await gateway.close();
    throw error;
  }
  let closing: Promise<void> | undefined;
  return {
    url: server.url.origin,
    grpcAddress: grpc?.address,
    replaceConfig: (next) => gateway.replaceConfig(next),
    close: () => (closing ??= drain(server, { sockets, grpc, gateway, log }).then(() => gateway.close())),
  };
}

async function openGrpc(
  { host, spaceCloud: { grpcPort: port, pingSeconds } }: GatewayConfig["gateway"],
  { calls, workers }: AssembledGateway,
  log: Log,
): Promise<GrpcServer | undefined> {
  if (port === undefined) return undefined;
  // Its library takes longer to load than all the rest to start.
  const { startGrpc } = await import("./grpc/start.ts");
  return startGrpc({ host, port, calls, workers, pingSeconds, log });
}

/** HTTP/1.0 needs no Host, and a Host may be nonsense: Bun's URL is then the path alone, which the router misreads. */
function withOrigin(request: Request): Request {
  return request.url.startsWith("/") ? new Request(`http://localhost${request.url}`, request) : request;
}

interface Served {
  readonly sockets: ClientSockets;
  readonly grpc: GrpcServer | undefined;
  readonly gateway: AssembledGateway;
  readonly log: Log;
}

async function drain(server: Bun.Server<SocketData>, { sockets, grpc, gateway, log }: Served): Promise<void> {
  const stopped = server.stop();
  await gateway.endStreams();
  const grpcCalls = grpc?.drain();
  const deadline = Date.now() + DRAIN_MS;
  while (server.pendingRequests > 0 && Date.now() < deadline) await Bun.sleep(10);
  if (server.pendingRequests > 0) log.warn("calls are cut off", { calls: server.pendingRequests });
  await atMost(deadline - Date.now(), grpcCalls);
  // Not before: the calls above may be for them.
  await atMost(DRAIN_MS, gateway.workers.drain());
  sockets.closeAll();
  await grpc?.close();
  // Idle keep-alive connections would hold the server open.
  await server.stop(true);
  await stopped;
}

async function atMost(ms: number, work: Promise<void> | undefined): Promise<void> {
  const timer = Promise.withResolvers<void>();
  const timeout = setTimeout(timer.resolve, ms);
  await Promise.race([work, timer.promise]);
  clearTimeout(timeout);
}
