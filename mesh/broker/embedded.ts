import type {
  Broker,
  BrokerStatus,
  Inbox,
  InboxHandlers,
  IncomingMessage,
  Message,
  RequestOptions,
  Subscription,
} from "../broker.ts";
import { MeshError } from "../errors.ts";
import type { Log } from "../log.ts";
import { Exchange } from "./exchange.ts";
import { type LocalBroker, LocalLink } from "./local-link.ts";

/** The broker port on a broker in this process: no socket, no protocol, and always connected until it is closed. */
export class EmbeddedBroker implements Broker {
  readonly url: string;
  readonly #local: LocalBroker;
  readonly #exchange: Exchange;
  readonly #listeners = new Set<(status: BrokerStatus) => void>();
  #status: BrokerStatus = "connected";

  /** @param options.url where others reach the broker, without credentials. */
  constructor(local: LocalBroker, options: { readonly url: string; readonly log: Log }) {
    this.url = options.url;
    this.#local = local;
    this.#exchange = new Exchange(new LocalLink(local), options.log);
  }

  get status(): BrokerStatus {
    return this.#status;
  }

  get maxPayloadBytes(): number {
    return this.#local.maxPayloadBytes;
  }

  onStatus(listener: (status: BrokerStatus) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  request(subject: string, message: Message, options: RequestOptions): Promise<Message> {
    if (this.#status === "closed") return Promise.reject(this.#unavailable());
    return this.#exchange.request(subject, message, options);
  }

  gather(subject: string, message: Message, options: RequestOptions): Promise<Message[]> {
    if (this.#status === "closed") return Promise.reject(this.#unavailable());
    return this.#exchange.gather(subject, message, options);
  }

  publish(subject: string, message: Message, replyTo?: string): void {
    this.#open().publish(subject, message, replyTo);
  }

  openInbox(handlers: InboxHandlers): Inbox {
    return this.#open().openInbox(handlers);
  }

  subscribe(
    subject: string,
    options: { readonly queue?: string },
    handler: (message: IncomingMessage) => void,
  ): Subscription {
    return this.#open().subscribe(subject, options, handler);
  }

  async flush(): Promise<void> {
    this.#open();
  }

  async close(): Promise<void> {
    if (this.#status === "closed") return;
    this.#status = "closed";
    this.#exchange.close(this.#unavailable());
    this.#local.close();
    for (const listener of this.#listeners) listener("closed");
  }

  #open(): Exchange {
    if (this.#status === "closed") throw this.#unavailable();
    return this.#exchange;
  }

  #unavailable(): MeshError {
    return new MeshError("broker_unavailable", `the broker at ${this.url} is closed`);
  }
}
