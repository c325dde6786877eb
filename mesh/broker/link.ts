import type { IncomingMessage, Message, Subscription } from "../broker.ts";

/** A message that came over a link: a reply, or one for a subscription. */
export interface Delivery extends IncomingMessage {
  /** Whether it is the broker's own word that nobody subscribes to the request's subject (ADR-33). */
  readonly isNoResponders: boolean;
}

/** A connection that is up, whatever it is made of: what {@link Exchange} needs to speak over it. */
export interface Link {
  /** @throws MeshError `payload_too_large`, `broker_unavailable`, `invalid_request` for a header with a line break. */
  publish(subject: string, message: Message, replyTo?: string): void;
  /** Hands over each message; `onEnd` is called when the broker ends the subscription. */
  subscribe(
    subject: string,
    options: { readonly queue?: string },
    handlers: { readonly onDelivery: (delivery: Delivery) => void; readonly onEnd: (error: Error) => void },
  ): Subscription;
}
