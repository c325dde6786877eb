import type { Msg, NatsConnection } from "@nats-io/nats-core";
import type { Message, RequestOptions } from "../broker.ts";
import { MeshError } from "../errors.ts";
import { fromNats, isNoResponders, send } from "./nats-message.ts";

interface Waiter {
  readonly receive: (reply: Msg) => void;
  readonly timeOver: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * One subscription that receives the replies to all requests of a connection: each asks for its answer at
 * `<inbox>.<number>`. Answers nobody waits for any more are dropped.
 */
export class ReplyInbox {
  readonly #connection: NatsConnection;
  readonly #prefix: string;
  readonly #waiting = new Map<string, { readonly waiter: Waiter; readonly stop: () => void }>();
  #lastNumber = 0;

  constructor(connection: NatsConnection, inbox: string) {
    this.#connection = connection;
    this.#prefix = `${inbox}.`;
    connection.subscribe(`${inbox}.*`, {
      callback: (error, message) => {
        if (error === null) this.#waiting.get(message.subject.slice(this.#prefix.length))?.waiter.receive(message);
        else this.close(noInbox(error));
      },
    });
  }

  /** Resolves with the first reply; rejects when nobody is there to give one. */
  request(subject: string, message: Message, options: RequestOptions): Promise<Message> {
    return new Promise((resolve, reject) => {
      const key = this.#wait(options, {
        receive: (reply) => {
          this.#take(key);
          if (isNoResponders(reply)) reject(nobodyThere(subject));
          else resolve(fromNats(reply));
        },
        timeOver: () => reject(outOfTime(options.timeoutMs)),
        reject,
      });
      this.#ask(key, subject, message);
    });
  }

  /** Resolves with all the replies when the time is over, or with none as soon as nobody is there to give one. */
  gather(subject: string, message: Message, options: RequestOptions): Promise<Message[]> {
    return new Promise((resolve, reject) => {
      const replies: Message[] = [];
      const key = this.#wait(options, {
        receive: (reply) => {
          if (!isNoResponders(reply)) {
            replies.push(fromNats(reply));
            return;
          }
          this.#take(key);
          resolve(replies);
        },
        timeOver: () => resolve(replies),
        reject,
      });
      this.#ask(key, subject, message);
    });
  }

  /** Ends every wait with `error`. */
  close(error: MeshError): void {
    for (const key of [...this.#waiting.keys()]) this.#take(key)?.reject(error);
  }

  #wait({ timeoutMs, signal }: RequestOptions, waiter: Waiter): string {
    signal?.throwIfAborted();
    this.#lastNumber++;
    const key = this.#lastNumber.toString(36);
    const timer = setTimeout(() => this.#take(key)?.timeOver(), timeoutMs);
    const abort = (): void => this.#take(key)?.reject(signal?.reason);
    signal?.addEventListener("abort", abort, { once: true });
    const stop = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
    };
    this.#waiting.set(key, { waiter, stop });
    return key;
  }

  #ask(key: string, subject: string, message: Message): void {
    try {
      send(this.#connection, subject, message, this.#prefix + key);
    } catch (error) {
      this.#take(key)?.reject(error);
    }
  }

  #take(key: string): Waiter | undefined {
    const waiting = this.#waiting.get(key);
    if (waiting === undefined) return undefined;
    this.#waiting.delete(key);
    waiting.stop();
    return waiting.waiter;
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

function noInbox(cause: Error): MeshError {
  return new MeshError("broker_unavailable", "the broker lets this connection receive no replies", { cause });
}
