import { join } from "node:path";
import { signDevelopmentToken } from "../../gateway/auth/development-token.ts";
import { type GatewayConfig, parseConfig } from "../../gateway/config.ts";
import { type RunningGateway, startGateway } from "../../gateway/runtime/bun.ts";
import type { Broker, BrokerStatus } from "../../mesh/broker.ts";
import { natsBroker } from "../../mesh/broker/nats-bun.ts";
import type { Claims } from "../../mesh/call.ts";
import { CloseStack } from "../../mesh/lifecycle.ts";
import { type Log, silentLog } from "../../mesh/log.ts";
import type { Tracing } from "../../mesh/tracing.ts";
import { host } from "../../worker-service/host.ts";
import type { ServiceDefinition } from "../../worker-service/service.ts";
import { type BrokerKind, type UseNatsOptions, useNats } from "./nats.ts";

/** The project of every test mesh that does not bring a configuration with another one. */
export const PROJECT = "shop";

/** The secret its tokens are signed with. */
export const PROJECT_SECRET = "a-secret-for-tests-of-at-least-32-bytes";

/** A configuration as people write it. */
export type WrittenConfig = Readonly<Record<string, unknown>>;

export interface TestMeshOptions {
  readonly kind: BrokerKind;
  /** The configuration; {@link shopConfig} makes one out of rules. The gateway's port is always a free one. */
  readonly config: WrittenConfig;
  /** Services to host, over one connection of their own. */
  readonly services?: readonly ServiceDefinition[];
  /** The project the services belong to. Default {@link PROJECT}. */
  readonly project?: string;
  /** Where relative paths of the configuration start from. Default: this folder. */
  readonly folder?: string;
  /** How long a connection to the gateway may be silent. */
  readonly idleSeconds?: number;
  /** How many websockets of clients there may be at the gateway. */
  readonly maxSockets?: number;
  /** How much may wait for all of their clients to read it. */
  readonly maxUnsentBytes?: number;
  readonly nats?: UseNatsOptions;
  readonly log?: Log;
  /** Where the spans of gateway and services go. Default: nowhere. */
  readonly tracing?: Tracing;
}

/** A gateway that listens, a broker and services: all real, on loopback, joined by WebSocket connections of their own. */
export interface TestMesh extends AsyncDisposable {
  readonly url: string;
  readonly gateway: RunningGateway;
  /** The broker's address for workers that join over TCP. */
  readonly natsUrl: string;
  /** The services' connection. */
  readonly workers: Broker;
  /** Signs a token of the project, good for an hour. */
  token(claims?: Claims): Promise<string>;
  /** Another connection to the broker, closed with the mesh. */
  connect(): Promise<Broker>;
  /** Stops the broker alone; resolves when the gateway has noticed. */
  stopBroker(): Promise<void>;
  /** Starts it again at the same address; resolves when gateway and workers are connected. */
  startBroker(): Promise<void>;
  /** Stops everything, the gateway first. May be called twice. */
  stop(): Promise<void>;
}

/** A configuration of the project {@link PROJECT} with these rules, by service and function, and anything else. */
export function shopConfig(
  rules: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  rest: WrittenConfig = {},
): WrittenConfig {
  const services = Object.entries(rules).map(([service, functions]) => {
    const written = Object.entries(functions).map(([name, rule]) => [name, { rule }]);
    return [service, { functions: Object.fromEntries(written) }];
  });
  return { projects: [{ id: PROJECT, secret: PROJECT_SECRET, services: Object.fromEntries(services) }], ...rest };
}

/** Reads a configuration, with a free port for the gateway. */
export function testConfig(written: WrittenConfig): GatewayConfig {
  const gateway = { ...(written["gateway"] as WrittenConfig | undefined), port: 0 };
  return parseConfig(JSON.stringify({ ...written, gateway }), { filename: "test.json", env: {} });
}

/** Starts a mesh. Whoever starts it stops it. */
export async function startTestMesh(options: TestMeshOptions): Promise<TestMesh> {
  const {
    kind,
    config,
    services = [],
    project = PROJECT,
    folder = import.meta.dirname,
    log = silentLog,
    tracing,
    idleSeconds,
    maxSockets,
    maxUnsentBytes,
  } = options;
  const parts = new CloseStack();
  try {
    let nats = await useNats(kind, options.nats);
    parts.defer(() => nats.stop());
    const { wsUrl, tcpUrl } = nats;

    const connect = async (): Promise<Broker> => {
      const broker = parts.use(natsBroker({ url: wsUrl, name: "test", log }));
      await broker.connect();
      return broker;
    };
    const workers = await connect();
    for (const service of services) await host(service, { broker: workers, project, log, tracing });

    const broker = await connect();
    const configFile = join(folder, "test.json");
    const gateway = parts.use(
      await startGateway(testConfig(config), {
        configFile,
        broker,
        log,
        tracing,
        ...(idleSeconds !== undefined && { idleSeconds }),
        ...(maxSockets !== undefined && { maxSockets }),
        ...(maxUnsentBytes !== undefined && { maxUnsentBytes }),
      }),
    );
    const stop = (): Promise<void> => parts.close();

    return {
      url: gateway.url,
      gateway,
      natsUrl: tcpUrl,
      workers,
      token: (claims = { id: "u1", role: "user" }) =>
        signDevelopmentToken({ secret: PROJECT_SECRET, claims, expiresInSeconds: 3600 }),
      connect,
      async stopBroker() {
        const gone = statusOf(broker, "disconnected");
        await nats.stop();
        await gone;
      },
      async startBroker() {
        const back = [broker, workers].map((connection) => statusOf(connection, "connected"));
        nats = await useNats(kind, { ...options.nats, wsPort: Number(new URL(wsUrl).port) });
        await Promise.all(back);
        await workers.flush();
      },
      stop,
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await parts.close();
    throw error;
  }
}

function statusOf(broker: Broker, wanted: BrokerStatus): Promise<void> {
  return new Promise((resolve) => {
    if (broker.status === wanted) return resolve();
    const stop = broker.onStatus((status) => {
      if (status !== wanted) return;
      stop();
      resolve();
    });
  });
}
