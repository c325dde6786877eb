import type { Inbox, InboxHandlers, IncomingMessage, Message, RequestOptions, Subscription } from "../broker.ts";
import type { MeshError } from "../errors.ts";
import { randomHex } from "../ids.ts";
import type { Log } from "../log.ts";
import type { Link } from "./link.ts";
import { ReplyInbox } from "./reply-inbox.ts";

/** Requests, publications and subscriptions over a link: what every broker does alike once it is connected. */
export class Exchange {
  readonly #link: Link;
  readonly #inbox: ReplyInbox;
  readonly #log: Log;

  constructor(link: Link, log: Log) {
    this.#link = link;
    this.#inbox = new ReplyInbox(link, `_INBOX.${randomHex(11)}`);
    this.#log = log;
  }

  request(subject: string, message: Message, options: RequestOptions): Promise<Message> {
    return this.#inbox.request(subject, message, options);
  }

  gather(subject: string, message: Message, options: RequestOptions): Promise<Message[]> {
    return this.#inbox.gather(subject, message, options);
  }

  publish(subject: string, message: Message, replyTo?: string): void {
    this.#link.publish(subject, message, replyTo);
  }

  openInbox(handlers: InboxHandlers): Inbox {
    return this.#inbox.open({
      onMessage: (message) => this.#hand(message.subject, () => handlers.onMessage(message)),
      onNobodyThere: () => handlers.onNobodyThere(),
    });
  }

  subscribe(
    subject: string,
    options: { readonly queue?: string },
    handler: (message: IncomingMessage) => void,
  ): Subscription {
    return this.#link.subscribe(subject, options, {
      onEnd: (error) => this.#log.error("the broker ended a subscription", { subject, error }),
      onDelivery: (delivery) => this.#hand(delivery.subject, () => handler(delivery)),
    });
  }

  /** Ends every wait for a reply with `error`. */
  close(error: MeshError): void {
    this.#inbox.close(error);
  }

  #hand(subject: string, handle: () => void): void {
    try {
      handle();
    } catch (error) {
      // Whoever reads from the broker would stop, for all subscriptions and for good.
      this.#log.error("a message could not be handled", { subject, error });
    }
  }
}
