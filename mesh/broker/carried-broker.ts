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

/** What carries messages while a broker can be reached: an exchange, or another connection. */
export type Carrier = Pick<Broker, "request" | "gather" | "publish" | "openInbox" | "subscribe">;

/** A broker that hands messages to what carries them, and says why it cannot while there is no such thing. */
export abstract class CarriedBroker implements Broker {
  abstract readonly status: BrokerStatus;
  abstract readonly url: string;
  abstract readonly maxPayloadBytes: number;
  readonly #listeners = new Set<(status: BrokerStatus) => void>();

  abstract flush(): Promise<void>;
  abstract close(): Promise<void>;

  onStatus(listener: (status: BrokerStatus) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  request(subject: string, message: Message, options: RequestOptions): Promise<Message> {
    const carrier = this.carrier();
    return carrier === undefined ? Promise.reject(this.unavailable()) : carrier.request(subject, message, options);
  }

  gather(subject: string, message: Message, options: RequestOptions): Promise<Message[]> {
    const carrier = this.carrier();
    return carrier === undefined ? Promise.reject(this.unavailable()) : carrier.gather(subject, message, options);
  }

  publish(subject: string, message: Message, replyTo?: string): void {
    this.reach().publish(subject, message, replyTo);
  }

  openInbox(handlers: InboxHandlers): Inbox {
    return this.reach().openInbox(handlers);
  }

  subscribe(
    subject: string,
    options: { readonly queue?: string },
    handler: (message: IncomingMessage) => void,
  ): Subscription {
    return this.reach().subscribe(subject, options, handler);
  }

  /** `undefined` while there is none. */
  protected abstract carrier(): Carrier | undefined;

  /** @throws MeshError {@link unavailable} while there is no carrier. */
  protected reach(): Carrier {
    const carrier = this.carrier();
    if (carrier === undefined) throw this.unavailable();
    return carrier;
  }

  /** Why there is no carrier. */
  protected unavailable(): MeshError {
    return new MeshError("broker_unavailable", `the broker at ${this.url} cannot be reached at the moment`, {
      retryAfterSeconds: 1,
    });
  }

  /** What became of a carrier that was there. */
  protected lost(cause: unknown): MeshError {
    return new MeshError("broker_unavailable", `the connection to the broker at ${this.url} was lost`, {
      retryAfterSeconds: 1,
      cause,
    });
  }

  protected tell(status: BrokerStatus): void {
    for (const listener of this.#listeners) listener(status);
  }
}
