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

/**
 * Connects to the broker at `url`, or starts one in this process when there is none.
 * @throws Failure when a port of the embedded broker is taken, or what the environment says of the one at `url` cannot be used.
 */
export async function openBroker(
  config: BrokerConfig,
  { url, env, log, stack }: { url: string | undefined; env: Environment; log: Log; stack: CloseStack },
): Promise<MeshBroker> {
  if (url !== undefined) {
    const broker = stack.use(natsBroker({ url, name: "gateway", log, ...existingAccess(env) }));
    await broker.connect();
    return { broker, workerUrl: url, addresses: [broker.url] };
  }
  // Whoever can publish on the broker can call anything: even on loopback nobody does so without the token.
  const token = config.token ?? randomHex(16);
  const socket = await brokerSocketPlace(stack);
  const server = stack.use(await startEmbedded(config, token, socket));
  const { tcpUrl = "", wsUrl = "" } = server;
  const workerUrl = wsUrl.replace("ws://", `ws://${encodeURIComponent(token)}@`);
  const broker = stack.use(new EmbeddedBroker(server.connectLocally(), { url: wsUrl, log }));
  const socketUrl = unixBrokerUrl(socket.path, { credentials: { token } });
  return { broker, workerUrl, socketUrl, addresses: [tcpUrl, wsUrl] };
}

async function startEmbedded(
  { tcpPort, wsPort }: BrokerConfig,
  token: string,
  { path: unixPath, mode: unixMode }: BrokerSocket,
): ReturnType<typeof startNatsServer> {
  try {
    return await startNatsServer({ tcpPort, wsPort, unixPath, unixMode, auth: { token } });
  } catch (error) {
    throw new Failure(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
