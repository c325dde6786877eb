import type {
  Broker,
  BrokerStatus,
  IncomingMessage,
  Message,
  MessageHeaders,
  RequestOptions,
  Subscription,
} from "../broker.ts";
import { MeshError } from "../errors.ts";
import type { Log } from "../log.ts";
import { Exchange } from "./exchange.ts";
import { decodeHeaderBlock, encodeHeaderBlock, isNoRespondersBlock } from "./header-block.ts";
import type { Delivery, Link } from "./link.ts";

/** A message as a broker in this process has it: headers are their block's text, no answer wanted is an empty `replyTo`. */
export interface LocalMessage {
  readonly subject: string;
  readonly replyTo: string;
  readonly headers: string;
  readonly payload: Uint8Array;
}

/** The least a broker in this process has to offer. */
export interface LocalBroker {
  readonly maxPayloadBytes: number;
  publish(message: LocalMessage): void;
  /** Returns how to end the subscription. */
  subscribe(subject: string, queue: string | undefined, deliver: (message: LocalMessage) => void): () => void;
  close(): void;
}

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

  publish(subject: string, message: Message): void {
    this.#open().publish(subject, message);
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

class LocalLink implements Link {
  readonly #local: LocalBroker;

  constructor(local: LocalBroker) {
    this.#local = local;
  }

  publish(subject: string, { payload, headers }: Message, replyTo = ""): void {
    const block = encodeHeaderBlock(headers);
    // A character is one byte at least: what is too large by that needs no exact count.
    if (block.length + payload.length > this.#local.maxPayloadBytes) {
      throw new MeshError("payload_too_large", "the message is larger than the broker takes");
    }
    this.#local.publish({ subject, replyTo, headers: block, payload });
  }

  subscribe(
    subject: string,
    { queue }: { readonly queue?: string },
    { onDelivery }: Parameters<Link["subscribe"]>[2],
  ): Subscription {
    const unsubscribe = this.#local.subscribe(subject, queue, (message) =>
      onDelivery(new LocalDelivery(message, this)),
    );
    return {
      drain: async () => {
        // What has arrived is handed over in a microtask that is waiting already.
        await Promise.resolve();
        unsubscribe();
      },
    };
  }
}

class LocalDelivery implements Delivery {
  readonly #message: LocalMessage;
  readonly #link: Link;
  #headers: MessageHeaders | undefined;

  constructor(message: LocalMessage, link: Link) {
    this.#message = message;
    this.#link = link;
  }

  get subject(): string {
    return this.#message.subject;
  }

  get payload(): Uint8Array {
    return this.#message.payload;
  }

  get headers(): MessageHeaders {
    this.#headers ??= decodeHeaderBlock(this.#message.headers);
    return this.#headers;
  }

  get isNoResponders(): boolean {
    return this.payload.length === 0 && isNoRespondersBlock(this.#message.headers);
  }

  get wantsReply(): boolean {
    return this.#message.replyTo !== "";
  }

  reply(answer: Message): void {
    if (this.wantsReply) this.#link.publish(this.#message.replyTo, answer);
  }
}
