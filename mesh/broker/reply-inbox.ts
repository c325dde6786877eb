import type { Asker, Inbox, InboxHandlers, Message, RequestOptions } from "../broker.ts";
import { MeshError } from "../errors.ts";
import { NoAnswer } from "../no-answer.ts";
import { NobodyThere } from "../nobody-there.ts";
import type { Delivery, Link } from "./link.ts";

/** Somebody who waits for the reply to a request, or for the replies of many. */
interface Waiter {
  readonly subject: string;
  readonly timeoutMs: number;
  /** The replies so far of a request to many; `undefined` for a request that wants one. */
  readonly replies: Message[] | undefined;
  readonly resolve: (outcome: Message | Message[]) => void;
  readonly reject: (error: unknown) => void;
  readonly timer: ReturnType<typeof setTimeout>;
  /** Stops listening to the caller's signal. */
  unlisten: (() => void) | undefined;
}

/** How long an asker's signal is left alone: having one and listening to it cost a call a tenth of all its work. */
const MOMENT_MS = 10;

/**
 * One subscription that receives the replies to all requests of a link, and what is sent to its inboxes: each has a
 * subject of its own, `<inbox>.<number>`. What nobody waits for any more is dropped.
 */
export class ReplyInbox {
  readonly #link: Link;
  readonly #prefix: string;
  readonly #waiters = new Map<string, Waiter>();
  readonly #open = new Map<string, InboxHandlers>();
  /** Who asked within the last moment, to be listened to after it. */
  #askers: { readonly key: string; readonly asker: Asker }[] = [];
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
    return this.#ask<Message>(subject, message, options, undefined);
  }

  /** Resolves with all the replies when the time is over, or with none as soon as nobody is there to give one. */
  gather(subject: string, message: Message, options: RequestOptions): Promise<Message[]> {
    return this.#ask<Message[]>(subject, message, options, []);
  }

  /** A subject of its own for as long as somebody wants to hear from it. */
  open(handlers: InboxHandlers): Inbox {
    const key = String(++this.#lastNumber);
    this.#open.set(key, handlers);
    return { subject: this.#prefix + key, close: () => void this.#open.delete(key) };
  }

  /** Ends every wait with `error`. */
  close(error: MeshError): void {
    for (const key of [...this.#waiters.keys()]) this.#take(key)?.reject(error);
  }

  // Every call of the gateway goes through here: one waiter with its promise, and no closure that is not needed.
  #ask<Outcome>(
    subject: string,
    message: Message,
    { timeoutMs, signal, asker }: RequestOptions,
    replies: Message[] | undefined,
  ): Promise<Outcome> {
    const { promise, resolve, reject } = Promise.withResolvers<Outcome>();
    if (signal?.aborted === true) {
      reject(signal.reason);
      return promise;
    }
    const key = String(++this.#lastNumber);
    this.#waiters.set(key, {
      subject,
      timeoutMs,
      replies,
      // A request resolves with one message and a gathering with its list: `replies` tells which this is.
      resolve: resolve as Waiter["resolve"],
      reject,
      timer: setTimeout(this.#timeOver, timeoutMs, key),
      unlisten: signal && this.#listen(key, signal),
    });
    if (asker !== undefined && this.#askers.push({ key, asker }) === 1) setTimeout(this.#momentOver, MOMENT_MS);
    try {
      this.#link.publish(subject, message, this.#prefix + key);
    } catch (error) {
      this.#take(key)?.reject(error);
    }
    return promise;
  }

  #receive(delivery: Delivery): void {
    const key = delivery.subject.slice(this.#prefix.length);
    const waiter = this.#waiters.get(key);
    if (waiter === undefined) {
      const handlers = this.#open.get(key);
      if (delivery.isNoResponders) handlers?.onNobodyThere();
      else handlers?.onMessage(delivery);
      return;
    }
    const { replies, resolve, reject, subject } = waiter;
    if (delivery.isNoResponders) {
      this.#take(key);
      if (replies === undefined) reject(new NobodyThere(subject));
      else resolve(replies);
    } else if (replies === undefined) {
      this.#take(key);
      resolve(delivery);
    } else {
      replies.push(delivery);
    }
  }

  readonly #timeOver = (key: string): void => {
    const waiter = this.#take(key);
    if (waiter?.replies === undefined) waiter?.reject(new NoAnswer(waiter.timeoutMs));
    else waiter.resolve(waiter.replies);
  };

  readonly #momentOver = (): void => {
    const askers = this.#askers;
    this.#askers = [];
    for (const { key, asker } of askers) {
      const waiter = this.#waiters.get(key);
      if (waiter !== undefined) waiter.unlisten = this.#listen(key, asker.signal);
    }
  };

  #listen(key: string, signal: AbortSignal): () => void {
    const giveUp = (): void => this.#take(key)?.reject(signal.reason);
    // One that aborted before fires no more.
    if (signal.aborted) giveUp();
    signal.addEventListener("abort", giveUp, { once: true });
    return () => signal.removeEventListener("abort", giveUp);
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

function noInbox(cause: Error): MeshError {
  return new MeshError("broker_unavailable", "the broker lets this connection receive no replies", { cause });
}
