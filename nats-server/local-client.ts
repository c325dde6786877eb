import type { Log } from "../mesh/log.ts";
import { Publication } from "./protocol/publication.ts";
import type { Router } from "./router.ts";
import type { Counters } from "./stats.ts";
import { type Subscriber, Subscription } from "./subscription.ts";

/** A message for somebody in this process. Its bytes are its own. */
export interface LocalMessage {
  readonly subject: string;
  /** Where an answer is wanted; empty for nowhere. */
  readonly replyTo: string;
  /** The header block as text, `NATS/1.0` first; empty for none. */
  readonly headers: string;
  readonly payload: Uint8Array;
}

/** Receives the messages of one subscription, after the turn in which they were sent. Must not throw. */
export type Deliver = (message: LocalMessage) => void;

/** What a local client shares with the clients of its server. */
export interface LocalSurroundings {
  readonly router: Router;
  readonly counters: Counters;
  readonly log: Log;
  readonly maxPayloadBytes: number;
}

const NO_RESPONDERS = "NATS/1.0 503\r\n\r\n";
/** Publications up to this size are written into one buffer, over and over. */
const SCRATCH_BYTES = 64 * 1024;
/** Longest that the two sizes, the spaces before them and the line's end can be. */
const MOST_SIZES_BYTES = 32;
/** What one UTF-16 unit takes at most in UTF-8. */
const MOST_UTF8_BYTES = 3;
const SPACE = /\s/;

/** A client in the server's own process: it publishes and subscribes by function calls, with no protocol in between. */
export class LocalClient implements Subscriber {
  readonly #around: LocalSurroundings;
  readonly #subscriptions = new Map<Subscription, Deliver>();
  readonly #publication = new Publication();
  readonly #scratch = Buffer.allocUnsafeSlow(SCRATCH_BYTES);
  #arrived: { readonly subscription: Subscription; readonly message: LocalMessage }[] = [];
  #lastSid = 0;

  constructor(around: LocalSurroundings) {
    this.#around = around;
  }

  /** Largest message, headers included. Whoever publishes keeps to it. */
  get maxPayloadBytes(): number {
    return this.#around.maxPayloadBytes;
  }

  /**
   * Publishes; when an answer is wanted and nobody subscribes, the answer says so (`NATS/1.0 503`).
   * @throws TypeError for a subject that holds white space.
   */
  publish({ subject, replyTo, headers, payload }: LocalMessage): void {
    if (SPACE.test(subject) || SPACE.test(replyTo)) throw new TypeError(`subject "${subject}" holds white space`);
    const { counters, router } = this.#around;
    const publication = this.#write(subject, replyTo, headers, payload);
    counters.messagesIn++;
    counters.bytesIn += publication.totalBytes;
    const isDelivered = router.route(publication, undefined);
    if (isDelivered || replyTo === "") return;
    const subscription = router.ownSubscription(this, replyTo);
    const answer = { subject: replyTo, replyTo: "", headers: NO_RESPONDERS, payload: new Uint8Array(0) };
    if (subscription !== undefined) this.#arrive(subscription, answer);
  }

  /** Subscribes, alone or as a member of a queue group; returns how to end that. */
  subscribe(subject: string, queue: string | undefined, deliver: Deliver): () => void {
    const subscription = new Subscription(this, { subject, queue, sid: String(++this.#lastSid) });
    this.#subscriptions.set(subscription, deliver);
    this.#around.router.subscriptions.add(subscription);
    return () => this.#remove(subscription);
  }

  /** Called by the router. Copies, because the publication's bytes are reused. */
  deliver(subscription: Subscription, publication: Publication): boolean {
    const { source, bodyStart, headerBytes, totalBytes } = publication;
    const payloadStart = bodyStart + headerBytes;
    this.#around.counters.messagesOut++;
    this.#around.counters.bytesOut += totalBytes;
    this.#arrive(subscription, {
      subject: publication.subject,
      replyTo: publication.wantsReply ? publication.reply : "",
      headers: headerBytes === 0 ? "" : source.toString("utf8", bodyStart, payloadStart),
      payload: copy(source, payloadStart, bodyStart + totalBytes),
    });
    return true;
  }

  /** Ends all subscriptions. */
  close(): void {
    for (const subscription of this.#subscriptions.keys()) this.#remove(subscription);
  }

  // Not at once: a message must not reach its receiver inside the sender's call.
  #arrive(subscription: Subscription, message: LocalMessage): void {
    if (this.#arrived.push({ subscription, message }) === 1) queueMicrotask(() => this.#handOver());
  }

  #handOver(): void {
    const arrived = this.#arrived;
    this.#arrived = [];
    for (const { subscription, message } of arrived) {
      try {
        this.#subscriptions.get(subscription)?.(message);
      } catch (error) {
        this.#around.log.error("a local subscriber failed", { subject: message.subject, error });
      }
    }
  }

  #remove(subscription: Subscription): void {
    if (this.#subscriptions.delete(subscription)) this.#around.router.subscriptions.remove(subscription);
  }

  /**
   * Lays a publication out as the protocol would have brought it: it goes on to sockets byte for byte. The line stands
   * before the headers but tells their size, so that they are written first, behind room enough for it.
   */
  #write(subject: string, replyTo: string, headers: string, payload: Uint8Array): Publication {
    const bodyStart = subject.length + replyTo.length + MOST_SIZES_BYTES;
    const mostBytes = bodyStart + headers.length * MOST_UTF8_BYTES + payload.length + 2;
    const bytes = mostBytes <= SCRATCH_BYTES ? this.#scratch : Buffer.allocUnsafeSlow(mostBytes);
    const headerBytes = headers === "" ? 0 : bytes.write(headers, bodyStart, "utf8");
    const totalBytes = headerBytes + payload.length;
    const end = bodyStart + totalBytes + 2;
    bytes.set(payload, bodyStart + headerBytes);
    bytes[end - 2] = 0x0d;
    bytes[end - 1] = 0x0a;

    const reply = replyTo === "" ? "" : ` ${replyTo}`;
    const sizes = headerBytes === 0 ? `${totalBytes}` : `${headerBytes} ${totalBytes}`;
    const line = `${subject}${reply} ${sizes}\r\n`;
    const lineStart = bodyStart - line.length;
    bytes.write(line, lineStart, "latin1");

    const publication = this.#publication;
    publication.source = bytes;
    publication.subject = subject;
    publication.subjectStart = lineStart;
    publication.subjectEnd = lineStart + subject.length;
    publication.replyEnd = publication.subjectEnd + reply.length;
    publication.replyStart = replyTo === "" ? publication.replyEnd : publication.subjectEnd + 1;
    publication.hasHeaders = headerBytes > 0;
    publication.headerBytes = headerBytes;
    publication.totalBytes = totalBytes;
    publication.bodyStart = bodyStart;
    publication.end = end;
    return publication;
  }
}

function copy(source: Buffer, start: number, end: number): Uint8Array {
  const bytes = new Uint8Array(end - start);
  source.copy(bytes, 0, start, end);
  return bytes;
}
