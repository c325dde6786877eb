import type {
  Broker,
  BrokerStatus,
  Inbox,
  InboxHandlers,
  IncomingMessage,
  Message,
  RequestOptions,
  Subscription,
} from "../../mesh/broker.ts";
import { MeshError } from "../../mesh/errors.ts";
import type { BrokerLife } from "./broker-life.ts";

/** A connection to a broker that may be dead for a while: as with a real one, it is then "disconnected". */
export class MortalBroker implements Broker {
  readonly #inner: Broker;
  readonly #life: BrokerLife;
  readonly #listeners = new Set<(status: BrokerStatus) => void>();
  readonly #unlisten: () => void;

  constructor(inner: Broker, life: BrokerLife) {
    this.#inner = inner;
    this.#life = life;
    this.#unlisten = life.onChange((isAlive) => this.#tell(isAlive ? "connected" : "disconnected"));
  }

  get status(): BrokerStatus {
    return this.#inner.status === "connected" && !this.#life.isAlive ? "disconnected" : this.#inner.status;
  }

  get url(): string {
    return this.#inner.url;
  }

  get maxPayloadBytes(): number {
    return this.#inner.maxPayloadBytes;
  }

  onStatus(listener: (status: BrokerStatus) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  request(subject: string, message: Message, options: RequestOptions): Promise<Message> {
    return this.#life.isAlive ? this.#inner.request(subject, message, options) : Promise.reject(this.#unavailable());
  }

  gather(subject: string, message: Message, options: RequestOptions): Promise<Message[]> {
    return this.#life.isAlive ? this.#inner.gather(subject, message, options) : Promise.reject(this.#unavailable());
  }

  publish(subject: string, message: Message, replyTo?: string): void {
    this.#reachable().publish(subject, message, replyTo);
  }

  openInbox(handlers: InboxHandlers): Inbox {
    return this.#reachable().openInbox(handlers);
  }

  subscribe(
    subject: string,
    options: { readonly queue?: string },
    handler: (message: IncomingMessage) => void,
  ): Subscription {
    return this.#reachable().subscribe(subject, options, handler);
  }

  async flush(): Promise<void> {
    await this.#reachable().flush();
  }

  async close(): Promise<void> {
    if (this.#inner.status === "closed") return;
    this.#unlisten();
    await this.#inner.close();
    this.#tell("closed");
  }

  #tell(status: BrokerStatus): void {
    for (const listener of this.#listeners) listener(status);
  }

  #reachable(): Broker {
    if (!this.#life.isAlive) throw this.#unavailable();
    return this.#inner;
  }

  #unavailable(): MeshError {
    return new MeshError("broker_unavailable", `the broker at ${this.url} cannot be reached at the moment`, {
      retryAfterSeconds: 1,
    });
  }
}
