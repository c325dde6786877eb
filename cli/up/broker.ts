import type { BrokerConfig } from "../../gateway/config.ts";
import type { Environment } from "../../gateway/config/environment.ts";
import type { Broker } from "../../mesh/broker.ts";
import { unixBrokerUrl } from "../../mesh/broker/address.ts";
import { EmbeddedBroker } from "../../mesh/broker/embedded.ts";
import { natsBroker } from "../../mesh/broker/nats-bun.ts";
import type { CloseStack } from "../../mesh/lifecycle.ts";
import type { Log } from "../../mesh/log.ts";
import { randomHex } from "../../mesh/ids.ts";
import { startNatsServer } from "../../nats-server/server.ts";
import { existingAccess } from "../broker-access.ts";
import { Failure } from "../failure.ts";
import { type BrokerSocket, brokerSocketPlace } from "../hosting/broker-socket.ts";
import { findRunningMesh } from "../../worker-service/runtime/running-mesh-file.ts";

/** The mesh's broker and how to reach it. */
export interface MeshBroker {
  /** The gateway's connection. */
  readonly broker: Broker;
  /** For workers, with its credentials. */
  readonly workerUrl: string;
  /** The same by a socket in a folder, when it runs in this process. */
  readonly socketUrl?: string;
  /** Where it listens, without credentials: for people to read. */
  readonly addresses: readonly string[];
}

/** Where a broker is, and what one that is started belongs to. */
interface BrokerOptions {
  /** An existing one's. */
  readonly url: string | undefined;
  readonly env: Environment;
  readonly log: Log;
  readonly stack: CloseStack;
  /** The configuration's. */
  readonly folder: string;
}

/**
 * Connects to the broker at `url`, or starts one in this process when there is none.
 * @throws Failure when a port of the embedded broker is taken, or what the environment says of the one at `url` cannot be used.
 */
export async function openBroker(
  config: BrokerConfig,
  { url, env, log, stack, folder }: BrokerOptions,
): Promise<MeshBroker> {
  if (url !== undefined) {
    const broker = stack.use(natsBroker({ url, name: "gateway", log, ...existingAccess(url, env) }));
    await broker.connect();
    return { broker, workerUrl: url, addresses: [broker.url] };
  }
  // Whoever can publish on the broker can call anything: even on loopback nobody does so without the token.
  const token = config.token ?? randomHex(16);
  const socket = await brokerSocketPlace(stack);
  const server = stack.use(await startEmbedded(config, { token, socket, folder }));
  const { tcpUrl = "", wsUrl = "" } = server;
  const workerUrl = wsUrl.replace("ws://", `ws://${encodeURIComponent(token)}@`);
  const broker = stack.use(new EmbeddedBroker(server.connectLocally(), { url: wsUrl, log }));
  const socketUrl = unixBrokerUrl(socket.path, { credentials: { token } });
  return { broker, workerUrl, socketUrl, addresses: [tcpUrl, wsUrl] };
}

/** A hint for whoever has forgotten another terminal. */
function runsAlready(folder: string): string {
  const running = findRunningMesh(folder);
  return running !== undefined && isAlive(running.pid)
    ? `; a mesh of this folder runs already, at ${running.gatewayUrl} (process ${running.pid})`
    : "";
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function startEmbedded(
  { tcpPort, wsPort }: BrokerConfig,
  { token, socket, folder }: { readonly token: string; readonly socket: BrokerSocket; readonly folder: string },
): ReturnType<typeof startNatsServer> {
  try {
    return await startNatsServer({ tcpPort, wsPort, unixPath: socket.path, unixMode: socket.mode, auth: { token } });
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    throw new Failure(`${text} (broker.tcpPort and broker.wsPort)${runsAlready(folder)}`, { cause: error });
  }
}
