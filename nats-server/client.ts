import type { Authenticator } from "./auth.ts";
import type { ChunkPool, FlushQueue } from "./flush.ts";
import type { NatsServerSettings } from "./options.ts";
import { Outbound } from "./outbound.ts";
import { BEFORE_CONNECT, type ConnectOptions, parseConnect } from "./protocol/connect.ts";
import { writeDelivery, writeWithoutHeaders } from "./protocol/delivery.ts";
import type { Operation } from "./protocol/operation.ts";
import { type ProtocolHandler, ProtocolParser } from "./protocol/parser.ts";
import type { Publication } from "./protocol/publication.ts";
import { ProtocolViolation, VIOLATIONS } from "./protocol/violation.ts";
import type { Router } from "./router.ts";
import type { Counters } from "./stats.ts";
import { isPublishable, isSubscribable } from "./subject.ts";
import { type Subscriber, Subscription } from "./subscription.ts";
import type { Peer, Sink } from "./transport.ts";

/** What all clients of one server share. */
export interface ClientSurroundings {
  readonly settings: NatsServerSettings;
  readonly router: Router;
  readonly authenticate: Authenticator;
  readonly counters: Counters;
  readonly pool: ChunkPool;
  readonly flushes: FlushQueue;
  /** The client is gone. */
  readonly onClosed: (client: Client) => void;
}

const OK = "+OK\r\n";
const NO_RESPONDERS = "NATS/1.0 503\r\n\r\n";

/** One connection: what its client said, subscribed to and is sent. */
export class Client implements Peer, ProtocolHandler, Subscriber {
  readonly id: number;
  readonly address: string;
  readonly #around: ClientSurroundings;
  readonly #outbound: Outbound;
  readonly #parser: ProtocolParser;
  readonly #subscriptions = new Map<string, Subscription>();
  #options: ConnectOptions = BEFORE_CONNECT;
  #isAuthenticated: boolean;
  #isClosing = false;
  #isActive = true;
  #pingsOut = 0;
  readonly #heartbeat: ReturnType<typeof setInterval>;
  readonly #authTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    around: ClientSurroundings,
    connection: { readonly sink: Sink; readonly id: number; readonly address: string },
  ) {
    const { settings } = around;
    this.id = connection.id;
    this.address = connection.address;
    this.#around = around;
    this.#outbound = new Outbound(connection.sink, {
      pool: around.pool,
      flushes: around.flushes,
      maxPendingBytes: settings.maxPendingBytes,
      onOverflow: () => this.#dropSlow(),
    });
    this.#parser = new ProtocolParser(this, settings);
    this.#isAuthenticated = settings.auth === undefined;
    this.#heartbeat = setInterval(() => this.#beat(), settings.pingIntervalMs);
    if (!this.#isAuthenticated) {
      this.#authTimer = setTimeout(() => this.refuse(VIOLATIONS.authTimeout), settings.authTimeoutMs);
    }
  }

  /** Greets the client, or tells one that understands it something new about the server. */
  inform(info: string, isGreeting: boolean): void {
    if (isGreeting || this.#options.takesUpdates) this.#outbound.text(info);
  }

  /** Says why with `-ERR` and closes. */
  refuse(violation: string): void {
    this.#close(`-ERR '${violation}'\r\n`, violation);
  }

  /** Closes without giving the client the fault. */
  leave(): void {
    this.#close("", "");
  }

  receive(chunk: Buffer): void {
    if (this.#isClosing) return;
    this.#isActive = true;
    this.#around.counters.bytesIn += chunk.length;
    try {
      this.#parser.push(chunk);
    } catch (error) {
      if (error instanceof ProtocolViolation) {
        this.refuse(error.message);
      } else {
        this.#around.settings.log.error("closing a client after an unexpected error", { client: this.id, error });
        this.leave();
      }
    }
  }

  drained(): void {
    this.#outbound.flush();
  }

  closed(): void {
    this.#stop();
    this.#outbound.closed();
    this.#around.onClosed(this);
  }

  begin(operation: Operation): void {
    if (!this.#isAuthenticated && operation !== "CONNECT") throw new ProtocolViolation(VIOLATIONS.authorization);
    if (operation === "HPUB" && !this.#options.headers) throw new ProtocolViolation(VIOLATIONS.unknownOperation);
  }

  connect(json: string): void {
    const { options, credentials } = parseConnect(json);
    if (!this.#around.authenticate(credentials)) throw new ProtocolViolation(VIOLATIONS.authorization);
    if (options.noResponders && !options.headers) throw new ProtocolViolation(VIOLATIONS.headersNeeded);
    clearTimeout(this.#authTimer);
    this.#isAuthenticated = true;
    this.#options = options;
    this.#acknowledge();
  }

  ping(): void {
    this.#outbound.text("PONG\r\n");
  }

  pong(): void {
    this.#pingsOut = 0;
  }

  publish(publication: Publication): void {
    const { counters, router } = this.#around;
    counters.messagesIn++;
    if (this.#options.pedantic && !isPublishable(publication.subject)) {
      this.#outbound.text("-ERR 'Invalid Publish Subject'\r\n");
    }
    this.#acknowledge();
    const isDelivered = router.route(publication, this.#options.echo ? undefined : this);
    if (!isDelivered && this.#options.noResponders && publication.wantsReply) this.#tellNobody(publication.reply);
  }

  subscribe(subject: string, queue: string | undefined, sid: string): void {
    if (!isSubscribable(subject)) {
      this.#outbound.text("-ERR 'Invalid Subject'\r\n");
      return;
    }
    if (!this.#subscriptions.has(sid)) {
      const subscription = new Subscription(this, { subject, queue, sid });
      this.#subscriptions.set(sid, subscription);
      this.#around.router.subscriptions.add(subscription);
    }
    this.#acknowledge();
  }

  unsubscribe(sid: string, max: number): void {
    const subscription = this.#subscriptions.get(sid);
    if (subscription !== undefined) {
      if (max > subscription.delivered) subscription.max = max;
      else this.#remove(subscription);
    }
    this.#acknowledge();
  }

  deliver(subscription: Subscription, publication: Publication): boolean {
    const { hasHeaders } = publication;
    const write = hasHeaders && !this.#options.headers ? writeWithoutHeaders : writeDelivery;
    if (!write(this.#outbound, publication, subscription.sidField)) return false;
    this.#around.counters.messagesOut++;
    this.#around.counters.bytesOut += publication.totalBytes;
    subscription.delivered++;
    if (subscription.delivered === subscription.max) this.#remove(subscription);
    return true;
  }

  #tellNobody(reply: string): void {
    const subscription = this.#around.router.ownSubscription(this, reply);
    if (subscription === undefined) return;
    const { length } = NO_RESPONDERS;
    this.#outbound.text(`HMSG ${reply}${subscription.sidField} ${length} ${length}\r\n${NO_RESPONDERS}\r\n`);
  }

  #acknowledge(): void {
    if (this.#options.verbose) this.#outbound.text(OK);
  }

  #remove(subscription: Subscription): void {
    this.#subscriptions.delete(subscription.sid);
    this.#around.router.subscriptions.remove(subscription);
  }

  /** A client that sends is alive; one that is silent is asked, and given up when it does not answer. */
  #beat(): void {
    if (this.#isActive) {
      this.#isActive = false;
      this.#pingsOut = 0;
    } else if (this.#pingsOut >= this.#around.settings.maxPingsOut) {
      this.refuse(VIOLATIONS.stale);
    } else {
      this.#pingsOut++;
      this.#outbound.text("PING\r\n");
    }
  }

  #dropSlow(): void {
    this.#around.counters.slowConsumers++;
    this.#outbound.dropWaiting();
    this.refuse(VIOLATIONS.slowConsumer);
  }

  #close(lastWords: string, reason: string): void {
    if (this.#isClosing) return;
    if (reason !== "") {
      const { id, address } = this;
      this.#around.settings.log.warn("closing a client", { client: id, name: this.#options.name, address, reason });
    }
    this.#stop();
    this.#outbound.end(lastWords, reason);
  }

  #stop(): void {
    this.#isClosing = true;
    clearInterval(this.#heartbeat);
    clearTimeout(this.#authTimer);
    this.#parser.stop();
    for (const subscription of this.#subscriptions.values()) this.#around.router.subscriptions.remove(subscription);
    this.#subscriptions.clear();
  }
}
