import type { Msg, NatsConnection } from "@nats-io/nats-core";
import type { Message, RequestOptions } from "../broker.ts";
import { MeshError } from "../errors.ts";
import { fromNats, isNoResponders, send } from "./nats-message.ts";

interface Waiter {
  readonly subject: string;
  readonly resolve: (reply: Message) => void;
  readonly reject: (error: unknown) => void;
  readonly stop: () => void;
}

/**
 * One subscription that receives the replies to all requests of a connection: each asks for its answer at
 * `<inbox>.<number>`. Answers nobody waits for any more are dropped.
 */
export class ReplyInbox {
  readonly #connection: NatsConnection;
  readonly #prefix: string;
  readonly #waiters = new Map<string, Waiter>();
  #lastNumber = 0;

  constructor(connection: NatsConnection, inbox: string) {
    this.#connection = connection;
    this.#prefix = `${inbox}.`;
    connection.subscribe(`${inbox}.*`, {
      callback: (_error, message) => this.#receive(message),
    });
  }

  request(subject: string, message: Message, { timeoutMs, signal }: RequestOptions): Promise<Message> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) throw signal.reason;
      this.#lastNumber++;
      const key = this.#lastNumber.toString(36);
      const timer = setTimeout(() => this.#give(key, outOfTime(timeoutMs)), timeoutMs);
      const abort = (): void => this.#give(key, signal?.reason);
      signal?.addEventListener("abort", abort, { once: true });
      const stop = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", abort);
      };
      this.#waiters.set(key, { subject, resolve, reject, stop });
      try {
        send(this.#connection, subject, message, this.#prefix + key);
      } catch (error) {
        this.#give(key, error);
      }
    });
  }

  /** Ends every wait with `error`. */
  close(error: MeshError): void {
    for (const key of [...this.#waiters.keys()]) this.#give(key, error);
  }

  #receive(message: Msg): void {
    const waiter = this.#take(message.subject.slice(this.#prefix.length));
    if (waiter === undefined) return;
    if (isNoResponders(message)) waiter.reject(nobodyThere(waiter.subject));
    else waiter.resolve(fromNats(message));
  }

  #give(key: string, error: unknown): void {
    this.#take(key)?.reject(error);
  }

  #take(key: string): Waiter | undefined {
    const waiter = this.#waiters.get(key);
    if (waiter === undefined) return undefined;
    this.#waiters.delete(key);
    waiter.stop();
    return waiter;
  }
}

function nobodyThere(subject: string): MeshError {
  return new MeshError("worker_unavailable", `nobody serves "${subject}" at the moment`, { retryAfterSeconds: 1 });
}

function outOfTime(timeoutMs: number): MeshError {
  return new MeshError(
    "deadline_exceeded",
    `no answer within ${timeoutMs} ms; whether the call had an effect is not known`,
  );
}
