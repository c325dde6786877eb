import { type Broker, type Inbox, type IncomingMessage, payloadRoom } from "./broker.ts";
import { encodeFailure } from "./call.ts";
import { MeshError } from "./errors.ts";
import { concat } from "./gather.ts";
import { CHUNK_BYTES, STREAM_HEADERS, STREAM_TIMES, type StreamTimes } from "./stream.ts";

/** A body that is offered. */
export interface StreamOffer {
  /** Where it can be asked for. */
  readonly subject: string;
  /** Resolves when all of it was sent; rejects when it was not: with what the source threw, or why nobody wants it. */
  readonly done: Promise<void>;
  /** Whether anybody has asked for it so far. */
  wasAskedFor(): boolean;
  /** Sends no more. After the end it does nothing. */
  stop(reason: MeshError): void;
}

const NOTHING = new Uint8Array(0);

/** How a body is offered. */
export interface OfferOptions {
  readonly times?: StreamTimes;
  /** How long it may take until somebody asks for it, in milliseconds. Default: as long as anybody may be silent. */
  readonly patienceMs?: number;
  /** What its reader gets to see of what the source throws. Default: MeshErrors as they are, the rest hidden. */
  readonly toError?: (thrown: unknown) => MeshError;
}

/**
 * Offers a body at a subject of its own. The source is read as fast as it is asked for, and cancelled when the reader has
 * gone; what it throws reaches the reader as a problem document.
 *
 * @throws MeshError `broker_unavailable`.
 */
export function offerStream(
  broker: Broker,
  source: ReadableStream<Uint8Array>,
  options: OfferOptions = {},
): StreamOffer {
  const producer = new Producer(broker, source, options);
  const done = producer.run();
  // Who offers a body may not care how that ends: its reader does.
  done.catch(() => undefined);
  return {
    subject: producer.subject,
    done,
    wasAskedFor: () => producer.wasAskedFor,
    stop: (reason) => producer.stop(reason),
  };
}

class Producer {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #inbox: Inbox;
  readonly #unwatch: () => void;
  readonly #times: StreamTimes;
  readonly #chunkBytes: number;
  readonly #toError: (thrown: unknown) => MeshError;
  /** The latest word of the reader, by which it is answered. */
  #asker: IncomingMessage | undefined;
  #credit = 0;
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;
  #sequence = 0;
  #heardAt = performance.now();
  /** How long its reader may be silent. */
  #patienceMs: number;
  #sentAt = 0;
  #stopped: MeshError | undefined;
  /** The reader does not want to hear of it any more. */
  #isUnwanted = false;
  #wake: (() => void) | undefined;

  constructor(broker: Broker, source: ReadableStream<Uint8Array>, options: OfferOptions) {
    const { times = STREAM_TIMES, patienceMs = 0, toError = (thrown) => MeshError.from(thrown) } = options;
    this.#inbox = broker.openInbox({ onMessage: (message) => this.#hear(message), onNobodyThere: () => undefined });
    this.#reader = source.getReader();
    this.#unwatch = broker.onStatus((status) => {
      // Its reader notices a gap at the latest; should it be told in time, it knows at once.
      if (status !== "connected")
        this.stop(new MeshError("bad_reply", "the stream broke off: its writer lost the broker"));
    });
    this.#times = times;
    this.#toError = toError;
    this.#patienceMs = Math.max(patienceMs, times.silenceMs);
    this.#chunkBytes = Math.min(CHUNK_BYTES, payloadRoom(broker));
  }

  get subject(): string {
    return this.#inbox.subject;
  }

  get wasAskedFor(): boolean {
    return this.#asker !== undefined || this.#isUnwanted;
  }

  async run(): Promise<void> {
    const timer = setInterval(() => this.#keepAlive(), this.#times.keepAliveMs);
    try {
      await this.#credited();
      for (;;) {
        const { done, value } = await this.#reader.read();
        if (this.#stopped !== undefined) throw this.#stopped;
        if (done) break;
        for (let at = 0; at < value.length; at += this.#chunkBytes) {
          await this.#credited();
          this.#put(value.subarray(at, at + this.#chunkBytes));
        }
      }
      this.#send(this.#taken(), { [STREAM_HEADERS.end]: "1" });
    } catch (error) {
      this.#fail(error);
      throw error;
    } finally {
      clearInterval(timer);
      this.#unwatch();
      this.#inbox.close();
    }
  }

  stop(reason: MeshError): void {
    if (this.#stopped !== undefined) return;
    this.#stopped = reason;
    this.#wake?.();
    // Ends a read that waits. That the source cannot even be cancelled is no news to who has gone.
    this.#reader.cancel(reason).catch(() => undefined);
  }

  #hear(message: IncomingMessage): void {
    this.#heardAt = performance.now();
    this.#patienceMs = this.#times.silenceMs;
    const { headers } = message;
    if (headers[STREAM_HEADERS.cancel] !== undefined) {
      this.#refuse("the reader of a stream wants no more of it");
      return;
    }
    const credit = Number(headers[STREAM_HEADERS.credit] ?? Number.NaN);
    if (!(credit >= 0) || !message.wantsReply) return;
    this.#asker = message;
    this.#credit += credit;
    this.#wake?.();
  }

  /** Resolves when the reader can take more. */
  async #credited(): Promise<void> {
    while (this.#credit <= 0 && this.#stopped === undefined) {
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    if (this.#stopped !== undefined) throw this.#stopped;
  }

  /** What comes within one turn goes together: of small items a message each would cost more than the rest. */
  #put(chunk: Uint8Array): void {
    this.#credit -= chunk.length;
    if (this.#pendingBytes + chunk.length > this.#chunkBytes) this.#flush();
    this.#pending.push(chunk);
    this.#pendingBytes += chunk.length;
    if (this.#pendingBytes === this.#chunkBytes) this.#flush();
    else if (this.#pending.length === 1) setImmediate(() => this.#flushLater());
  }

  #flush(): void {
    if (this.#pendingBytes > 0) this.#send(this.#taken());
  }

  #flushLater(): void {
    if (this.#stopped !== undefined) return;
    try {
      this.#flush();
    } catch (error) {
      this.stop(this.#toError(error));
    }
  }

  #taken(): Uint8Array {
    const pending = this.#pending;
    const bytes = this.#pendingBytes;
    this.#pending = [];
    this.#pendingBytes = 0;
    const [first = NOTHING] = pending;
    return pending.length <= 1 ? first : concat(pending, bytes);
  }

  #send(chunk: Uint8Array, headers: Record<string, string> = {}): void {
    this.#sentAt = performance.now();
    this.#asker?.reply({
      payload: chunk,
      headers: { [STREAM_HEADERS.sequence]: String(++this.#sequence), ...headers },
    });
  }

  #keepAlive(): void {
    const now = performance.now();
    if (now - this.#heardAt > this.#patienceMs) {
      this.#refuse("the reader of a stream fell silent");
    } else if (this.#asker !== undefined && now - this.#sentAt >= this.#times.keepAliveMs) {
      try {
        this.#send(NOTHING);
      } catch (error) {
        this.stop(MeshError.from(error));
      }
    }
  }

  #refuse(text: string): void {
    this.#isUnwanted = true;
    this.stop(new MeshError("cancelled", text));
  }

  #fail(error: unknown): void {
    const reason = this.#toError(error);
    this.stop(reason);
    if (this.#isUnwanted) return;
    try {
      // What came before the failure is the reader's.
      this.#flush();
      const { payload, headers } = encodeFailure(reason, { callId: "" });
      this.#asker?.reply({ payload, headers: { ...headers, [STREAM_HEADERS.sequence]: String(++this.#sequence) } });
    } catch {
      // The reader will find that this side is silent.
    }
  }
}
