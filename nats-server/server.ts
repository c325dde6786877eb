import { pathToFileURL } from "node:url";
import type { Closable } from "../mesh/lifecycle.ts";
import { authenticator } from "./auth.ts";
import { Client, type ClientSurroundings } from "./client.ts";
import { ChunkPool, FlushQueue } from "./flush.ts";
import { type ServerIdentity, infoLine } from "./info.ts";
import type { LocalClient } from "./local-client.ts";
import { LocalServer } from "./local-server.ts";
import { type NatsServerOptions, settingsFrom } from "./options.ts";
import type { NatsServerStats } from "./stats.ts";
import type { Listener, PortListener, Sink } from "./transport.ts";
import { listenTcp } from "./transport/tcp.ts";
import { listenUnix } from "./transport/unix.ts";
import { listenWebSocket } from "./transport/websocket.ts";

/** A running NATS server. */
export interface NatsServer extends Closable {
  /** `nats://host:port` with the actual port; `undefined` when TCP is off. */
  readonly tcpUrl: string | undefined;
  /** `ws://host:port` with the actual port; `undefined` when WebSocket is off. */
  readonly wsUrl: string | undefined;
  /** `nats+unix://localhost/path` of its Unix socket; `undefined` when there is none. */
  readonly unixUrl: string | undefined;
  /**
   * Connects a client in this process: no socket, no protocol, no credentials.
   * @throws Error when the server is closed.
   */
  connectLocally(): LocalClient;
  stats(): NatsServerStats;
  /** Asks the clients to leave, gives them `lameDuckMs`, then closes what is left. */
  close(): Promise<void>;
}

/**
 * Starts a NATS server: core NATS with headers, queue groups and "no responders", over TCP, WebSocket, a Unix
 * socket and in process.
 *
 * @throws TypeError naming an option that is wrong.
 * @throws Error when a port or the Unix socket's path is taken.
 *
 * @example const server = await startNatsServer({ tcpPort: 0, wsPort: 0 });
 */
export async function startNatsServer(options: NatsServerOptions = {}): Promise<NatsServer> {
  const server = new EmbeddedServer(options);
  try {
    await server.listen();
  } catch (error) {
    await server.close();
    throw error;
  }
  return server;
}

/** Longer than any client is given to read its last words. */
const LAST_WORDS_MS = 5_000;
/** What a frame may hold beyond the largest message: clients gather messages into frames. */
const FRAME_ROOM_BYTES = 64 * 1024 * 1024;

class EmbeddedServer implements NatsServer {
  readonly #identity: Omit<ServerIdentity, "port">;
  readonly #local: LocalServer;
  readonly #clients = new Set<Client>();
  readonly #around: ClientSurroundings;
  #tcp: PortListener | undefined;
  #ws: PortListener | undefined;
  #unix: Listener | undefined;
  #nextId = 1;
  #closing: Promise<void> | undefined;
  #onEmpty: (() => void) | undefined;

  constructor(options: NatsServerOptions) {
    const settings = settingsFrom(options);
    this.#identity = { serverId: crypto.randomUUID().replaceAll("-", "").toUpperCase(), settings };
    this.#local = new LocalServer(settings);
    const { router, counters } = this.#local;
    this.#around = {
      settings,
      router,
      authenticate: authenticator(settings.auth),
      counters,
      pool: new ChunkPool(),
      flushes: new FlushQueue(),
      onClosed: (client) => this.#forget(client),
    };
  }

  async listen(): Promise<void> {
    const { settings } = this.#identity;
    const accept = (sink: Sink, address: string): Client => this.#accept(sink, address);
    if (settings.tcpPort !== false) this.#tcp = listenTcp(settings.host, settings.tcpPort, accept);
    if (settings.wsPort !== false) {
      const { allowedOrigins, maxPayloadBytes } = settings;
      const maxFrameBytes = maxPayloadBytes + FRAME_ROOM_BYTES;
      this.#ws = listenWebSocket(settings.host, settings.wsPort, { allowedOrigins, maxFrameBytes }, accept);
    }
    if (settings.unixPath !== false) this.#unix = await listenUnix(settings.unixPath, settings.unixMode, accept);
    if (settings.auth === undefined && !isLoopback(settings.host)) {
      settings.log.warn("whoever reaches the broker may use it: set auth, or listen on 127.0.0.1", {
        host: settings.host,
      });
    }
    settings.log.info("the broker listens", { tcpUrl: this.tcpUrl, wsUrl: this.wsUrl, unixUrl: this.unixUrl });
  }

  get tcpUrl(): string | undefined {
    return this.#url("nats", this.#tcp);
  }

  get wsUrl(): string | undefined {
    return this.#url("ws", this.#ws);
  }

  get unixUrl(): string | undefined {
    const { unixPath } = this.#identity.settings;
    return this.#unix && unixPath !== false ? `nats+unix://localhost${pathToFileURL(unixPath).pathname}` : undefined;
  }

  connectLocally(): LocalClient {
    if (this.#closing !== undefined) throw new Error("this NATS server is closed; start another one");
    return this.#local.connect();
  }

  stats(): NatsServerStats {
    return {
      ...this.#local.counters,
      connections: this.#clients.size,
      subscriptions: this.#local.router.subscriptions.size,
    };
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const listeners = [this.#tcp, this.#ws, this.#unix];
    for (const listener of listeners) listener?.stopAccepting();
    for (const client of this.#clients) client.inform(this.#info(client, true), false);
    await this.#empty(this.#identity.settings.lameDuckMs);
    for (const client of this.#clients) client.leave();
    await this.#empty(LAST_WORDS_MS);
    for (const listener of listeners) listener?.close();
  }

  /** Resolves when no client is left, at the latest after `limitMs`. */
  async #empty(limitMs: number): Promise<void> {
    if (this.#clients.size === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#onEmpty = resolve;
    const timer = setTimeout(resolve, limitMs);
    await promise;
    clearTimeout(timer);
  }

  #accept(sink: Sink, address: string): Client {
    const client = new Client(this.#around, { sink, id: this.#nextId++, address });
    this.#clients.add(client);
    client.inform(this.#info(client, false), true);
    // It was on its way when the listener closed. Not at once: its transport does not know the client yet.
    if (this.#closing !== undefined) setImmediate(() => client.leave());
    return client;
  }

  #forget(client: Client): void {
    this.#clients.delete(client);
    if (this.#clients.size === 0) this.#onEmpty?.();
  }

  #info(client: Client, isLameDuck: boolean): string {
    const port = this.#tcp?.port ?? this.#ws?.port ?? 0;
    return infoLine({ ...this.#identity, port }, { id: client.id, address: client.address, isLameDuck });
  }

  #url(scheme: string, listener: PortListener | undefined): string | undefined {
    if (listener === undefined) return undefined;
    const { host } = this.#identity.settings;
    return `${scheme}://${host.includes(":") ? `[${host}]` : host}:${listener.port}`;
  }
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host.startsWith("127.");
}
