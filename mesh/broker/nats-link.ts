import { type Msg, type MsgHdrs, type NatsConnection, errors } from "@nats-io/nats-core";
import type { MsgImpl } from "@nats-io/nats-core/internal";
import type { Message, MessageHeaders, Subscription } from "../broker.ts";
import { MeshError } from "../errors.ts";
import { decodeHeaderBlock, encodeHeaderBlock, isNoRespondersBlock } from "./header-block.ts";
import type { Delivery, Link } from "./link.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The link that a connection of nats-core is. */
export class NatsLink implements Link {
  readonly #connection: NatsConnection;

  constructor(connection: NatsConnection) {
    this.#connection = connection;
  }

  publish(subject: string, { payload, headers }: Message, replyTo = ""): void {
    try {
      this.#connection.publish(subject, payload, { headers: natsHeaders(headers), reply: replyTo });
    } catch (error) {
      throw translate(error, subject);
    }
  }

  subscribe(
    subject: string,
    options: { readonly queue?: string },
    { onDelivery, onEnd }: Parameters<Link["subscribe"]>[2],
  ): Subscription {
    const subscription = this.#connection.subscribe(subject, {
      ...options,
      callback: (error, message) => {
        if (error === null) onDelivery(new NatsDelivery(message, this));
        else onEnd(error);
      },
    });
    return {
      drain: async () => {
        if (!subscription.isClosed()) await subscription.drain();
      },
    };
  }
}

/** A message of nats-core. Its payload is a view into what arrived, not a copy; headers are read when asked for. */
class NatsDelivery implements Delivery {
  readonly payload: Uint8Array;
  readonly #message: MsgImpl;
  readonly #link: Link;
  #headers: MessageHeaders | undefined;

  constructor(message: Msg, link: Link) {
    // What subscriptions hand over; its public accessor would parse the headers into a costlier form of its own.
    this.#message = message as MsgImpl;
    this.#link = link;
    this.payload = message.data;
  }

  get subject(): string {
    return this.#message.subject;
  }

  get headers(): MessageHeaders {
    this.#headers ??= decodeHeaderBlock(this.#headerBlock());
    return this.#headers;
  }

  get isNoResponders(): boolean {
    return this.payload.length === 0 && isNoRespondersBlock(this.#headerBlock());
  }

  get wantsReply(): boolean {
    return Boolean(this.#message.reply);
  }

  reply(answer: Message): void {
    const { reply } = this.#message;
    if (reply) this.#link.publish(reply, answer);
  }

  #headerBlock(): string {
    const { _msg: frame, _rdata: bytes } = this.#message;
    return frame.hdr > 0 ? decoder.decode(bytes.subarray(0, frame.hdr)) : "";
  }
}

/**
 * Headers as nats-core takes them. It asks its own class for every name's canonical form and each value's validity,
 * which was a quarter of a call's work; all it uses of a publication's headers is `encode()`.
 */
function natsHeaders(headers: MessageHeaders): MsgHdrs {
  const encoded = encoder.encode(encodeHeaderBlock(headers));
  return { encode: () => encoded } as unknown as MsgHdrs;
}

/** The one place where errors of nats-core become ours. */
function translate(error: unknown, subject: string): unknown {
  if (error instanceof errors.InvalidArgumentError && error.message.includes("max_payload")) {
    return new MeshError("payload_too_large", "the message is larger than the broker takes", { cause: error });
  }
  if (error instanceof errors.ClosedConnectionError || error instanceof errors.DrainingConnectionError) {
    return new MeshError("broker_unavailable", "the connection to the broker is closed", { cause: error });
  }
  if (error instanceof errors.InvalidSubjectError) {
    return new MeshError("internal", `subject "${subject}" is not valid`, { cause: error });
  }
  return error;
}
