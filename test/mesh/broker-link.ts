import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Broker } from "../../mesh/broker.ts";
import { dialTcp } from "../../mesh/broker/dial-tcp.ts";
import { dialWebSocket } from "../../mesh/broker/dial.ts";
import { EmbeddedBroker } from "../../mesh/broker/embedded.ts";
import type { DistantBroker } from "../../mesh/broker/nats-bun.ts";
import { NatsBroker } from "../../mesh/broker/nats.ts";
import { UnixBroker } from "../../mesh/broker/unix.ts";
import { type Log, silentLog } from "../../mesh/log.ts";
import { type BrokerKind, type BrokerUnderTest, type UseNatsOptions, useNats } from "../support/nats.ts";

/** How a client reaches its broker. nats-core keeps its transport in a global: one file tests one of TCP and WebSocket. */
export type LinkKind = "WebSocket" | "TCP" | "Unix socket" | "function calls";

/** A broker and a way to it, which stays the same when the broker is started again. */
export interface BrokerLink extends AsyncDisposable {
  readonly url: string;
  /** A connection by socket that was not started yet; closed with the link. */
  client(options?: { url?: string; log?: Log }): DistantBroker;
  /** A connection that is up; closed with the link. */
  connect(options?: { log?: Log }): Promise<Broker>;
  stopBroker(): Promise<void>;
  /** Starts the broker again at the same address. */
  startBroker(): Promise<void>;
}

export async function openLink(kind: BrokerKind, link: LinkKind, options: UseNatsOptions = {}): Promise<BrokerLink> {
  const folder = await mkdtemp(join(tmpdir(), "broker-"));
  const unixPath = link === "Unix socket" ? { unixPath: join(folder, "a b.sock") } : {};
  let nats: BrokerUnderTest | undefined = await useNats(kind, { ...options, ...unixPath });
  const { tcpUrl, wsUrl, unixUrl } = nats;
  const clients: Broker[] = [];
  const url = { WebSocket: wsUrl, TCP: tcpUrl, "Unix socket": unixUrl, "function calls": wsUrl }[link];
  const dial = link === "TCP" ? dialTcp : dialWebSocket();

  const client: BrokerLink["client"] = ({ url: own = url, log = silentLog } = {}) => {
    const given = { url: own, name: "test", log };
    const broker = link === "Unix socket" ? new UnixBroker(given) : new NatsBroker({ ...given, dial });
    clients.push(broker);
    return broker;
  };
  return {
    url,
    client,
    async connect({ log = silentLog } = {}) {
      if (link === "function calls") {
        if (nats?.server === undefined) throw new Error("no broker runs in this process");
        const local = new EmbeddedBroker(nats.server.connectLocally(), { url, log });
        clients.push(local);
        return local;
      }
      const broker = client({ log });
      await broker.connect();
      return broker;
    },
    async stopBroker() {
      const stopping = nats;
      nats = undefined;
      await stopping?.stop();
    },
    async startBroker() {
      const ports = { tcpPort: Number(new URL(tcpUrl).port), wsPort: Number(new URL(wsUrl).port) };
      nats = await useNats(kind, { ...options, ...ports, ...unixPath });
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(clients.map((broker) => broker.close()));
      await nats?.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
