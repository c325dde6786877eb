import type { Message, Subscription } from "../broker.ts";
import { MeshError } from "../errors.ts";
import { BlockDelivery, type BlockMessage } from "./block-delivery.ts";
import { encodeHeaderBlock } from "./header-block.ts";
import type { Link } from "./link.ts";

/** A message as a broker in this process has it. */
export type LocalMessage = BlockMessage;

/** The least a broker in this process has to offer. */
export interface LocalBroker {
  readonly maxPayloadBytes: number;
  publish(message: LocalMessage): void;
  /** Returns how to end the subscription. */
  subscribe(subject: string, queue: string | undefined, deliver: (message: LocalMessage) => void): () => void;
  close(): void;
}

/** The link that a broker in this process is. */
export class LocalLink implements Link {
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
      onDelivery(new BlockDelivery(message, this)),
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
