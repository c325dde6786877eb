import type { Closable } from "./lifecycle.ts";

/** Header names and values of a message. Names are matched as written; values hold no line break. */
export type MessageHeaders = Readonly<Record<string, string>>;

/** What travels over the broker. The bytes are passed on untouched. */
export interface Message {
  readonly payload: Uint8Array;
  readonly headers: MessageHeaders;
}

/** A message that arrived at a subscription. */
export interface IncomingMessage extends Message {
  readonly subject: string;
  /** Whether the sender waits for an answer. */
  readonly wantsReply: boolean;
  /**
   * Answers the sender; without one it does nothing.
   * @throws MeshError `payload_too_large` when the answer does not fit the broker's `max_payload`.
   */
  reply(message: Message): void;
}

export interface RequestOptions {
  /** How long to wait for the reply, in milliseconds. Must be positive. */
  readonly timeoutMs: number;
  /** Stops waiting; the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /**
   * The same for whoever has a signal only when it is asked for, such as an HTTP request: its signal is looked at after a
   * moment (10 ms), which most answers do not take.
   */
  readonly asker?: Asker | undefined;
}

/** Somebody who may go away. */
export interface Asker {
  readonly signal: AbortSignal;
}

export interface Subscription {
  /** Takes no new messages; resolves when the broker has confirmed and those on the way were handed over. */
  drain(): Promise<void>;
}

/** A subject of this connection's own: whoever is told of it can send here. */
export interface Inbox {
  readonly subject: string;
  /** Takes no more messages. May be called twice. */
  close(): void;
}

/** What arrives at an {@link Inbox}. */
export interface InboxHandlers {
  onMessage(message: IncomingMessage): void;
  /** A publication that asked for its answer here reached nobody. */
  onNobodyThere(): void;
}

/** Whether the broker can be reached: `closed` is final, the others alternate for ever. */
export type BrokerStatus = "connected" | "disconnected" | "closed";

/**
 * The message broker as the services see it: discovery, load balancing and networking are its work.
 * Reconnects for ever; while it is away, requests fail at once with `broker_unavailable`.
 */
export interface Broker extends Closable {
  readonly status: BrokerStatus;
  /** Where this connection leads, without credentials, for logs and status pages. */
  readonly url: string;
  /** Largest message, headers included, in bytes. */
  readonly maxPayloadBytes: number;
  /** Calls `listener` at each change of `status`; returns how to stop that. */
  onStatus(listener: (status: BrokerStatus) => void): () => void;

  /**
   * Sends a message and waits for one reply.
   * @throws NobodyThere (nobody subscribes: known after one round trip); MeshError `deadline_exceeded` (outcome unknown),
   *   `broker_unavailable`, `payload_too_large`.
   */
  request(subject: string, message: Message, options: RequestOptions): Promise<Message>;

  /** Sends a message to many and gathers the replies of `timeoutMs`; none is an empty list. */
  gather(subject: string, message: Message, options: RequestOptions): Promise<Message[]>;

  /**
   * @param replyTo subject of an inbox for the answers.
   * @throws MeshError `broker_unavailable`, `payload_too_large`.
   */
  publish(subject: string, message: Message, replyTo?: string): void;

  /**
   * Opens an inbox; it costs the broker nothing.
   * @throws MeshError `broker_unavailable`.
   */
  openInbox(handlers: InboxHandlers): Inbox;

  /** Hands each message on `subject` to `handler`; within a `queue` group each goes to one member only. */
  subscribe(
    subject: string,
    options: { readonly queue?: string },
    handler: (message: IncomingMessage) => void,
  ): Subscription;

  /** Resolves when the broker has processed everything sent before. */
  flush(): Promise<void>;
}

/** Room that is left for a message's headers, in bytes; half of it where a broker takes only small messages. */
const HEADER_ROOM_BYTES = 16 * 1024;

/** How many bytes of payload fit into a message of this broker beside headers of an ordinary size. */
export function payloadRoom({ maxPayloadBytes }: Pick<Broker, "maxPayloadBytes">): number {
  return Math.max(Math.floor(maxPayloadBytes / 2), maxPayloadBytes - HEADER_ROOM_BYTES);
}

/** No headers, no bytes: for pings and the like. */
export const EMPTY_MESSAGE: Message = Object.freeze({ payload: new Uint8Array(0), headers: Object.freeze({}) });
