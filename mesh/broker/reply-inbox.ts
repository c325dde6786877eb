import type { Message, RequestOptions } from "../broker.ts";
import { MeshError } from "../errors.ts";
import type { Delivery, Link } from "./link.ts";

/** Somebody who waits for replies. */
interface Waiter {
  /** Takes a reply; answers whether it was the last to wait for. */
  readonly receive: (reply: Message) => boolean;
  readonly nobodyThere: () => void;
  readonly timeOver: () => void;
  readonly reject: (error: unknown) => void;
  timer: ReturnType<typeof setTimeout> | undefined;
  /** Stops listening to the caller's signal. */
  unlisten: (() => void) | undefined;
}

/**
 * One subscription that receives the replies to all requests of a link: each asks for its answer at
 * `<inbox>.<number>`. Answers nobody waits for any more are dropped.
 */
export class ReplyInbox {
  readonly #link: Link;
  readonly #prefix: string;
  readonly #waiters = new Map<string, Waiter>();
  #lastNumber = 0;

  constructor(link: Link, inbox: string) {
    this.#link = link;
    this.#prefix = `${inbox}.`;
    link.subscribe(
      `${inbox}.*`,
      {},
      { onDelivery: (delivery) => this.#receive(delivery), onEnd: (error) => this.close(noInbox(error)) },
    );
  }

  /** Resolves with the first reply; rejects when nobody is there to give one. */
  request(subject: string, message: Message, options: RequestOptions): Promise<Message> {
    return new Promise((resolve, reject) => {
      this.#ask(subject, message, options, {
        receive: (reply) => {
          resolve(reply);
          return true;
        },
        nobodyThere: () => reject(nobodyThere(subject)),
        timeOver: () => reject(outOfTime(options.timeoutMs)),
        reject,
        timer: undefined,
        unlisten: undefined,
      });
    });
  }

  /** Resolves with all the replies when the time is over, or with none as soon as nobody is there to give one. */
  gather(subject: string, message: Message, options: RequestOptions): Promise<Message[]> {
    return new Promise((resolve, reject) => {
      const replies: Message[] = [];
      const finish = (): void => resolve(replies);
      this.#ask(subject, message, options, {
        receive: (reply) => {
          replies.push(reply);
          return false;
        },
        nobodyThere: finish,
        timeOver: finish,
        reject,
        timer: undefined,
        unlisten: undefined,
      });
    });
  }

  /** Ends every wait with `error`. */
  close(error: MeshError): void {
    for (const key of [...this.#waiters.keys()]) this.#take(key)?.reject(error);
  }

  #ask(subject: string, message: Message, { timeoutMs, signal }: RequestOptions, waiter: Waiter): void {
    signal?.throwIfAborted();
    const key = String(++this.#lastNumber);
    waiter.timer = setTimeout(() => this.#take(key)?.timeOver(), timeoutMs);
    waiter.unlisten = signal && onAbort(signal, () => this.#take(key)?.reject(signal.reason));
    this.#waiters.set(key, waiter);
    try {
      this.#link.publish(subject, message, this.#prefix + key);
    } catch (error) {
      this.#take(key)?.reject(error);
    }
  }

  #receive(delivery: Delivery): void {
    const key = delivery.subject.slice(this.#prefix.length);
    const waiter = this.#waiters.get(key);
    if (waiter === undefined) return;
    if (delivery.isNoResponders) this.#take(key)?.nobodyThere();
    else if (waiter.receive(delivery)) this.#take(key);
  }

  #take(key: string): Waiter | undefined {
    const waiter = this.#waiters.get(key);
    if (waiter === undefined) return undefined;
    this.#waiters.delete(key);
    clearTimeout(waiter.timer);
    waiter.unlisten?.();
    return waiter;
  }
}

function onAbort(signal: AbortSignal, listener: () => void): () => void {
  signal.addEventListener("abort", listener, { once: true });
  return () => signal.removeEventListener("abort", listener);
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
