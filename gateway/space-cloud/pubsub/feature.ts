import type { Broker } from "../../../mesh/broker.ts";
import { MeshError } from "../../../mesh/errors.ts";
import type { Log } from "../../../mesh/log.ts";
import type { LivePolicy } from "../../policy.ts";
import type { ClientSocket, FeatureSession, SocketFeature, SocketFrame } from "../socket.ts";
import { readSubscribe, readUnsubscribe } from "./requests.ts";
import { pubsubStatus } from "./status.ts";
import { SharedSubjects } from "./shared-subjects.ts";
import { Subscription } from "./subscription.ts";

/** What publishing and subscribing need. */
export interface PubsubParts {
  readonly broker: Broker;
  readonly policy: LivePolicy;
  readonly log: Log;
}

/** How many subscriptions a socket may hold. */
export const MAX_SUBSCRIPTIONS = 256;

const SUBSCRIBE = "pubsub-subscribe";
const UNSUBSCRIBE = "pubsub-unsubscribe";
const UNSUBSCRIBE_ALL = "pubsub-unsubscribe-all";
const FEED = "pubsub-subscribe-feed";

/** Lets clients of 2019 subscribe to what others publish. */
export function pubsubFeature(parts: PubsubParts): SocketFeature {
  const subjects = new SharedSubjects(parts.broker);
  return { open: (socket) => new PubsubSession(socket, { ...parts, subjects }) };
}

/** The subscriptions of one socket. */
class PubsubSession implements FeatureSession {
  readonly #socket: ClientSocket;
  readonly #parts: PubsubParts & { readonly subjects: SharedSubjects };
  /** By the id that the client gave. */
  readonly #subscriptions = new Map<string, Subscription>();
  readonly #stopListening: () => void;
  #opening = 0;

  constructor(socket: ClientSocket, parts: PubsubParts & { readonly subjects: SharedSubjects }) {
    this.#socket = socket;
    this.#parts = parts;
    this.#stopListening = parts.policy.onChange(() => {
      for (const subscription of this.#subscriptions.values()) subscription.recheck();
    });
  }

  receive(frame: SocketFrame): boolean {
    switch (frame.type) {
      case SUBSCRIBE:
        void this.#subscribe(frame);
        return true;
      case UNSUBSCRIBE:
        this.#answer(frame, () => this.#end(readUnsubscribe(frame.data).id));
        return true;
      case UNSUBSCRIBE_ALL:
        this.#answer(frame, () => this.#endAll());
        return true;
      default:
        return false;
    }
  }

  closed(): void {
    this.#stopListening();
    this.#endAll();
  }

  /** Never rejects. */
  async #subscribe(frame: SocketFrame): Promise<void> {
    let id: string | undefined;
    let subscription: Subscription | undefined;
    try {
      const { subject, queue, project, token, ...wanted } = readSubscribe(frame.data);
      id = wanted.id;
      subscription = new Subscription(
        { project: this.#socket.project ?? project, segments: subject, queue, token },
        {
          ...this.#parts,
          onFeed: (feed) => this.#feed(frame, feed),
          onRefused: (error) => {
            this.#subscriptions.delete(wanted.id);
            this.#refuse(frame, error);
          },
        },
      );
      this.#keep(id, subscription);
      this.#opening++;
      await subscription.open().finally(() => this.#opening--);
      this.#send(frame, { status: 200, error: "" });
      subscription.letThrough();
    } catch (error) {
      subscription?.end();
      // One that took its place stays.
      if (id !== undefined && this.#subscriptions.get(id) === subscription) this.#subscriptions.delete(id);
      this.#refuse(frame, error);
    }
  }

  /** One with the id of another takes its place. */
  #keep(id: string, subscription: Subscription): void {
    this.#end(id);
    // Those that were ended while a rule was still asked about them count, too.
    if (Math.max(this.#subscriptions.size, this.#opening) >= MAX_SUBSCRIPTIONS) {
      throw new MeshError("overloaded", `a connection may hold ${MAX_SUBSCRIPTIONS} subscriptions; end others first`);
    }
    this.#subscriptions.set(id, subscription);
  }

  #end(id: string): void {
    this.#subscriptions.get(id)?.end();
    this.#subscriptions.delete(id);
  }

  #endAll(): void {
    for (const id of this.#subscriptions.keys()) this.#end(id);
  }

  #feed({ id }: SocketFrame, data: { readonly subject: string; readonly data: unknown }): void {
    // Whoever does not keep up misses it; what becomes of the socket is the socket's business.
    this.#socket.send({ type: FEED, data, id });
  }

  #answer(frame: SocketFrame, act: () => void): void {
    try {
      act();
      this.#send(frame, { status: 200, error: "" });
    } catch (error) {
      this.#refuse(frame, error);
    }
  }

  #refuse(frame: SocketFrame, thrown: unknown): void {
    const error = MeshError.from(thrown);
    if (error.code === "internal") this.#parts.log.error("a subscription failed", { error: thrown });
    this.#send(frame, { status: pubsubStatus(error), error: error.message });
  }

  #send({ type, id }: SocketFrame, { status, error }: { readonly status: number; readonly error: string }): void {
    this.#socket.send({ type, data: { status, error, msg: null }, id });
  }
}
