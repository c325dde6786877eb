import type { BrokerStatus } from "../broker.ts";
import type { Log } from "../log.ts";
import { pause } from "../pause.ts";
import { parseBrokerUrl, socketPathIn } from "./address.ts";
import { CarriedBroker } from "./carried-broker.ts";
import { Exchange } from "./exchange.ts";
import { UnixConnection } from "./unix-connection.ts";
import { UnixLink } from "./unix-link.ts";

const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 1_000;

/**
 * The broker port on a NATS server's Unix socket. Build it, then `connect()`; it reconnects until `close()`. It is what functions
 * of this machine start with: a client that knows other transports and ways to log in takes as long to load as all the rest.
 * It does not ping: whoever goes away from a socket of this machine is seen to go.
 */
export class UnixBroker extends CarriedBroker {
  readonly url: string;
  readonly #log: Log;
  readonly #link = new UnixLink();
  readonly #exchange: Exchange;
  readonly #open: () => UnixConnection;
  readonly #stop = new AbortController();
  readonly #first = Promise.withResolvers<void>();
  #connection: UnixConnection | undefined;
  #running: Promise<void> | undefined;
  #status: BrokerStatus = "disconnected";
  #maxPayloadBytes = 1_048_576;

  /** @throws TypeError for what is no such URL. */
  constructor(options: { readonly url: string; readonly name: string; readonly log: Log }) {
    super();
    const { url, credentials } = parseBrokerUrl(options.url);
    const { name, log } = options;
    this.url = url;
    this.#log = log;
    this.#exchange = new Exchange(this.#link, log);
    this.#open = () =>
      new UnixConnection({
        path: socketPathIn(url),
        name,
        credentials,
        onMessage: (sid, message) => this.#link.deliver(sid, message),
        onError: (text) => this.#onError(text),
      });
  }

  get status(): BrokerStatus {
    return this.#status;
  }

  get maxPayloadBytes(): number {
    return this.#maxPayloadBytes;
  }

  /** Resolves at the first connection, however long that takes; rejects only when closed before. */
  connect(): Promise<void> {
    this.#running ??= this.#run();
    return this.#first.promise;
  }

  async flush(): Promise<void> {
    this.reach();
    try {
      await this.#connection?.ping();
    } catch (error) {
      throw this.lost(error);
    }
  }

  async close(): Promise<void> {
    this.#stop.abort();
    this.#setStatus("closed");
    this.#exchange.close(this.unavailable());
    this.#connection?.close();
    await this.#running;
  }

  protected carrier(): Exchange | undefined {
    return this.#status === "connected" ? this.#exchange : undefined;
  }

  async #run(): Promise<void> {
    let lastReason = "";
    let waitMs = FIRST_RETRY_MS;
    while (!this.#stop.signal.aborted) {
      try {
        const connection = this.#open();
        this.#connection = connection;
        await connection.open();
        this.#adopt(connection);
        [waitMs, lastReason] = [FIRST_RETRY_MS, ""];
        await connection.ended;
        this.#lose();
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        if (reason !== lastReason && !this.#stop.signal.aborted) {
          this.#log.warn("cannot reach the broker yet; trying on", { url: this.url, reason });
        }
        lastReason = reason;
      }
      await pause(waitMs, this.#stop.signal);
      waitMs = Math.min(waitMs * 2, LAST_RETRY_MS);
    }
    this.#first.promise.catch(() => undefined); // whoever waits for it is told
    this.#first.reject(this.unavailable());
  }

  #adopt(connection: UnixConnection): void {
    if (this.#stop.signal.aborted) {
      connection.close();
      return;
    }
    this.#maxPayloadBytes = connection.maxPayloadBytes;
    this.#link.attach(connection);
    this.#setStatus("connected");
    this.#first.resolve();
  }

  #lose(): void {
    this.#link.detach();
    this.#setStatus("disconnected");
  }

  #onError(text: string): void {
    if (this.#status === "connected") this.#log.warn("the broker reported an error", { reason: text });
    this.#link.refuse(text);
  }

  #setStatus(status: BrokerStatus): void {
    if (this.#status === status || this.#status === "closed") return;
    this.#status = status;
    if (status !== "closed") this.#log.info(`broker ${status}`, { url: this.url });
    this.tell(status);
  }
}
