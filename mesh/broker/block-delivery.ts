import type { Message, MessageHeaders } from "../broker.ts";
import { decodeHeaderBlock, isNoRespondersBlock } from "./header-block.ts";
import type { Delivery, Link } from "./link.ts";

/** A message whose headers are their block's text; no answer wanted is an empty `replyTo`, no headers are an empty block. */
export interface BlockMessage {
  readonly subject: string;
  readonly replyTo: string;
  readonly headers: string;
  readonly payload: Uint8Array;
}

/** Such a message as it is delivered. Its headers are read when they are asked for. */
export class BlockDelivery implements Delivery {
  readonly #message: BlockMessage;
  readonly #link: Link;
  #headers: MessageHeaders | undefined;

  constructor(message: BlockMessage, link: Link) {
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
