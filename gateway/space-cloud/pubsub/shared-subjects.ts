import type { Broker, IncomingMessage, Subscription } from "../../../mesh/broker.ts";
import { MeshError } from "../../../mesh/errors.ts";

type Handler = (message: IncomingMessage) => void;

/** What clients of this gateway subscribe to in the same words: the broker sends it once. */
interface Shared {
  readonly handlers: Handler[];
  readonly subscription: Subscription;
  /** Whose turn it is in a queue. */
  next: number;
}

/**
 * How many queues a project may have at a gateway. For each the broker sends a copy of what is published, and a connection that gets
 * more than it can read is ended by the broker, with all calls on it.
 */
export const MAX_QUEUES = 24;
/** A subject, and all below it. */
const SUBJECTS_OF_A_QUEUE = 2;

/** Subscribes to each subject once, however many clients want it: a message that many hear comes to the gateway once. */
export class SharedSubjects {
  readonly #broker: Broker;
  readonly #shared = new Map<string, Shared>();
  /** Subjects of queues, by project. */
  readonly #queues = new Map<string, number>();

  constructor(broker: Broker) {
    this.#broker = broker;
  }

  /**
   * Returns what ends it.
   *
   * @param wanted.queue one of all that have the same name gets each message; empty: all do.
   * @throws MeshError `overloaded` for a queue too many, and as `Broker.subscribe`.
   */
  subscribe(
    wanted: { readonly project: string; readonly subject: string; readonly queue: string },
    handler: Handler,
  ): () => Promise<void> {
    const { project, subject, queue } = wanted;
    const key = JSON.stringify([queue, subject]);
    const shared = this.#shared.get(key) ?? this.#open(key, wanted);
    shared.handlers.push(handler);
    return async () => {
      const at = shared.handlers.indexOf(handler);
      if (at === -1) return;
      shared.handlers.splice(at, 1);
      if (shared.handlers.length > 0) return;
      this.#shared.delete(key);
      if (queue !== "") this.#count(project, -1);
      await shared.subscription.drain();
    };
  }

  #open(key: string, { project, subject, queue }: { project: string; subject: string; queue: string }): Shared {
    if (queue !== "" && (this.#queues.get(project) ?? 0) >= MAX_QUEUES * SUBJECTS_OF_A_QUEUE) {
      throw new MeshError("overloaded", `a gateway takes ${MAX_QUEUES} queues of a project; use fewer names`);
    }
    const handlers: Handler[] = [];
    const isQueue = queue !== "";
    // A queue's name is one word of the broker's protocol.
    const group = isQueue ? { queue: encodeURIComponent(queue) } : {};
    const subscription = this.#broker.subscribe(subject, group, (message) => {
      // Whoever hears of it may leave while others are told.
      const told = isQueue ? handlers.slice(shared.next % handlers.length).slice(0, 1) : handlers.slice();
      shared.next += 1;
      for (const tell of told) tell(message);
    });
    const shared: Shared = { handlers, subscription, next: 0 };
    this.#shared.set(key, shared);
    if (isQueue) this.#count(project, 1);
    return shared;
  }

  #count(project: string, by: 1 | -1): void {
    const count = (this.#queues.get(project) ?? 0) + by;
    if (count === 0) this.#queues.delete(project);
    else this.#queues.set(project, count);
  }
}
