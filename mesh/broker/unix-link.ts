import { Buffer } from "node:buffer";
import type { Message, Subscription } from "../broker.ts";
import { MeshError } from "../errors.ts";
import { BlockDelivery, type BlockMessage } from "./block-delivery.ts";
import { encodeHeaderBlock } from "./header-block.ts";
import type { Link } from "./link.ts";
import type { UnixConnection } from "./unix-connection.ts";

type Handlers = Parameters<Link["subscribe"]>[2];

interface Subscribed {
  readonly subject: string;
  readonly queue: string | undefined;
  readonly handlers: Handlers;
  /** Whether the broker has been told to send no more. */
  isLeaving: boolean;
}

const BLANK = /\s/;
const REFUSED = /permissions violation for subscription to "([^"]+)"/i;

/** The link that the connections to a broker's Unix socket are, one after the other: subscriptions outlast them. */
export class UnixLink implements Link {
  readonly #subscriptions = new Map<string, Subscribed>();
  #connection: UnixConnection | undefined;
  #lastSid = 0;

  /** Goes on over this connection, whose broker is told of all subscriptions. */
  attach(connection: UnixConnection): void {
    this.#connection = connection;
    for (const [sid, subscribed] of this.#subscriptions) {
      if (!subscribed.isLeaving) connection.write(subFrame(sid, subscribed));
    }
  }

  /** There is none for a while. */
  detach(): void {
    this.#connection = undefined;
  }

  publish(subject: string, { payload, headers }: Message, replyTo = ""): void {
    const connection = this.#reach();
    if (subject === "" || BLANK.test(subject) || BLANK.test(replyTo)) {
      throw new MeshError("internal", `subject "${subject}" is not valid`);
    }
    const block = encodeHeaderBlock(headers);
    const blockBytes = Buffer.byteLength(block);
    const totalBytes = blockBytes + payload.length;
    if (totalBytes > connection.maxPayloadBytes) {
      throw new MeshError("payload_too_large", "the message is larger than the broker takes");
    }
    const to = replyTo === "" ? subject : `${subject} ${replyTo}`;
    const head = `HPUB ${to} ${blockBytes} ${totalBytes}\r\n${block}`;
    const headBytes = Buffer.byteLength(head);
    const frame = Buffer.allocUnsafe(headBytes + payload.length + 2);
    frame.write(head);
    frame.set(payload, headBytes);
    frame.write("\r\n", headBytes + payload.length);
    connection.write(frame);
  }

  subscribe(subject: string, { queue }: { readonly queue?: string }, handlers: Handlers): Subscription {
    const sid = String(++this.#lastSid);
    const subscribed: Subscribed = { subject, queue, handlers, isLeaving: false };
    this.#subscriptions.set(sid, subscribed);
    this.#connection?.write(subFrame(sid, subscribed));
    return {
      drain: async () => {
        const connection = this.#connection;
        if (!subscribed.isLeaving && this.#subscriptions.has(sid)) connection?.write(Buffer.from(`UNSUB ${sid}\r\n`));
        subscribed.isLeaving = true;
        // What is on its way is taken. A connection that is lost meanwhile brings no more.
        await connection?.ping().catch(() => undefined);
        this.#subscriptions.delete(sid);
      },
    };
  }

  /** Hands over a message that the connection has brought. */
  deliver(sid: string, message: BlockMessage): void {
    this.#subscriptions.get(sid)?.handlers.onDelivery(new BlockDelivery(message, this));
  }

  /** Ends the subscriptions that the broker does not permit. */
  refuse(error: string): void {
    const [, refused] = REFUSED.exec(error) ?? [];
    for (const [sid, { subject, handlers }] of this.#subscriptions) {
      if (subject !== refused) continue;
      this.#subscriptions.delete(sid);
      handlers.onEnd(new Error(error));
    }
  }

  #reach(): UnixConnection {
    if (this.#connection !== undefined) return this.#connection;
    throw new MeshError("broker_unavailable", "the broker cannot be reached at the moment", { retryAfterSeconds: 1 });
  }
}

function subFrame(sid: string, { subject, queue }: Subscribed): Uint8Array {
  return Buffer.from(queue === undefined ? `SUB ${subject} ${sid}\r\n` : `SUB ${subject} ${queue} ${sid}\r\n`);
}
