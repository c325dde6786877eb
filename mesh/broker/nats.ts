import type { ConnectionOptions, NatsConnection } from "@nats-io/nats-core";
import type { BrokerStatus } from "../broker.ts";
import type { Log } from "../log.ts";
import { pause } from "../pause.ts";
import type { BrokerCredentials } from "./access.ts";
import { parseBrokerUrl } from "./address.ts";
import { authOptions } from "./authenticator.ts";
import { CarriedBroker } from "./carried-broker.ts";
import type { Dial } from "./dial.ts";
import { Exchange } from "./exchange.ts";
import { NatsLink } from "./nats-link.ts";

/** How to reach a NATS server or cluster. */
export interface NatsBrokerOptions {
  /** `ws://`, `wss://`, `nats://` or `tls://`; credentials may stand in it as `token@` or `user:password@`. */
  readonly url: string;
  /** Name shown in the broker's monitoring. */
  readonly name: string;
  /** What to show when the URL holds none. */
  readonly credentials?: BrokerCredentials;
  readonly dial: Dial;
  readonly log: Log;
}

const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 5_000;

/** The broker port on NATS. Build it, then `connect()`; it reconnects until `close()`. */
export class NatsBroker extends CarriedBroker {
  readonly url: string;
  readonly #options: ConnectionOptions;
  readonly #dial: Dial;
  readonly #log: Log;
  readonly #stop = new AbortController();
  #status: BrokerStatus = "disconnected";
  #connection: NatsConnection | undefined;
  #exchange: Exchange | undefined;
  #connecting: Promise<void> | undefined;

  /** @throws TypeError for a URL or credentials that cannot be used. */
  constructor(options: NatsBrokerOptions) {
    super();
    const { url, credentials } = parseBrokerUrl(options.url);
    this.url = url;
    this.#dial = options.dial;
    this.#log = options.log;
    this.#options = {
      servers: url,
      name: options.name,
      ...authOptions(credentials ?? options.credentials),
      maxReconnectAttempts: -1,
      reconnectTimeWait: FIRST_RETRY_MS * 2,
      reconnectJitter: FIRST_RETRY_MS,
      // Rotated credentials come back; giving up would need a person to restart the process.
      ignoreAuthErrorAbort: true,
      noAsyncTraces: true,
    };
  }

  get status(): BrokerStatus {
    return this.#status;
  }

  get maxPayloadBytes(): number {
    return this.#connection?.info?.max_payload ?? 1_048_576;
  }

  /** Resolves at the first connection, however long that takes; rejects only when closed before. */
  connect(): Promise<void> {
    this.#connecting ??= this.#connect();
    return this.#connecting;
  }

  async flush(): Promise<void> {
    this.reach();
    try {
      await this.#connection?.flush();
    } catch (error) {
      throw this.lost(error);
    }
  }

  async close(): Promise<void> {
    this.#stop.abort();
    this.#setStatus("closed");
    this.#exchange?.close(this.unavailable());
    await this.#connection?.close();
  }

  protected carrier(): Exchange | undefined {
    return this.#status === "connected" ? this.#exchange : undefined;
  }

  async #connect(): Promise<void> {
    let lastText = "";
    for (let waitMs = FIRST_RETRY_MS; !this.#stop.signal.aborted; waitMs = Math.min(waitMs * 2, LAST_RETRY_MS)) {
      try {
        this.#adopt(await this.#dial(this.#options));
        if (this.#status !== "closed") return;
      } catch (error) {
        const text = error instanceof Error ? error.message : String(error);
        if (text !== lastText)
          this.#log.warn("cannot reach the broker yet; trying on", { url: this.url, reason: text });
        lastText = text;
      }
      await pause(waitMs, this.#stop.signal);
    }
    throw this.unavailable();
  }

  #adopt(connection: NatsConnection): void {
    if (this.#status === "closed") {
      void connection.close();
      return;
    }
    this.#connection = connection;
    this.#exchange = new Exchange(new NatsLink(connection), this.#log);
    this.#setStatus("connected");
    void this.#watch(connection);
  }

  async #watch(connection: NatsConnection): Promise<void> {
    for await (const event of connection.status()) {
      // Every failed dial reports "disconnect" anew, so that only changes count.
      if (event.type === "disconnect") this.#setStatus("disconnected");
      else if (event.type === "reconnect") this.#setStatus("connected");
      else if (event.type === "error") this.#log.warn("the broker reported an error", { reason: event.error.message });
    }
    this.#setStatus("closed");
  }

  #setStatus(status: BrokerStatus): void {
    if (this.#status === status || this.#status === "closed") return;
    this.#status = status;
    if (status !== "closed") this.#log.info(`broker ${status}`, { url: this.url });
    this.tell(status);
  }
}
