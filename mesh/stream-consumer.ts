import type { Broker, Inbox, IncomingMessage } from "./broker.ts";
import { decodeReply } from "./call.ts";
import { MeshError } from "./errors.ts";
import { STREAM_HEADERS, STREAM_TIMES, type StreamTimes, WINDOW_BYTES } from "./stream.ts";

/** How a stream is read. */
export interface ReceiveOptions {
  /** Ends the reading; the writer is told, and reads reject with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  readonly times?: StreamTimes;
}

const NOTHING = new Uint8Array(0);

/**
 * The body offered at a subject. At most a window of it waits here to be read; cancelling tells the writer.
 *
 * Reads reject with what the writer's source threw, or with `bad_reply` when a part was lost or the writer or the broker
 * went away.
 */
export function receiveStream(
  broker: Broker,
  subject: string,
  options: ReceiveOptions = {},
): ReadableStream<Uint8Array> {
  // Nothing is kept beyond the window that the consumer keeps itself.
  return new ReadableStream(new Consumer(broker, subject, options), { highWaterMark: 0 });
}

class Consumer {
  readonly #broker: Broker;
  readonly #subject: string;
  readonly #options: ReceiveOptions;
  readonly #times: StreamTimes;
  readonly #chunks: Uint8Array[] = [];
  #inbox: Inbox | undefined;
  #sequence = 0;
  #readBytes = 0;
  #heardAt = performance.now();
  #isEnded = false;
  #failure: { readonly reason: unknown } | undefined;
  #wake: (() => void) | undefined;
  #release: (() => void) | undefined;

  constructor(broker: Broker, subject: string, options: ReceiveOptions) {
    this.#broker = broker;
    this.#subject = subject;
    this.#options = options;
    this.#times = options.times ?? STREAM_TIMES;
  }

  start(): void {
    const { signal } = this.#options;
    this.#inbox = this.#broker.openInbox({
      onMessage: (message) => this.#hear(message),
      onNobodyThere: () => this.#fail(lost("its writer has gone")),
    });
    const timer = setInterval(() => this.#keepAlive(), this.#times.keepAliveMs);
    const abort = (): void => this.#abandon(signal?.reason);
    signal?.addEventListener("abort", abort, { once: true });
    const unwatch = this.#broker.onStatus((status) => {
      if (status !== "connected") this.#fail(lost("the broker went away"));
    });
    this.#release = () => {
      clearInterval(timer);
      signal?.removeEventListener("abort", abort);
      unwatch();
      this.#inbox?.close();
    };
    if (signal?.aborted === true) abort();
    else this.#ask(WINDOW_BYTES);
  }

  async pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    for (;;) {
      const chunk = this.#chunks.shift();
      if (chunk !== undefined) {
        controller.enqueue(chunk);
        this.#account(chunk.length);
        return;
      }
      if (this.#failure !== undefined) throw this.#failure.reason;
      if (this.#isEnded) return controller.close();
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  cancel(): void {
    if (!this.#isEnded) this.#abandon(undefined);
  }

  #hear(message: IncomingMessage): void {
    this.#heardAt = performance.now();
    const { payload, headers } = message;
    const sequence = Number(headers[STREAM_HEADERS.sequence] ?? Number.NaN);
    if (sequence !== ++this.#sequence) {
      this.#fail(lost("a part of it did not arrive"));
      this.#tellToStop();
      return;
    }
    try {
      decodeReply(message);
    } catch (error) {
      this.#fail(error);
      return;
    }
    if (payload.length > 0) this.#chunks.push(payload);
    if (headers[STREAM_HEADERS.end] !== undefined) {
      this.#isEnded = true;
      this.#release?.();
    }
    this.#wake?.();
  }

  /** What was read may be sent anew; half a window at a time keeps the writer busy with few messages. */
  #account(bytes: number): void {
    this.#readBytes += bytes;
    if (this.#readBytes < WINDOW_BYTES / 2 || this.#isEnded) return;
    const credit = this.#readBytes;
    this.#readBytes = 0;
    this.#ask(credit);
  }

  #ask(credit: number): void {
    try {
      const message = { payload: NOTHING, headers: { [STREAM_HEADERS.credit]: String(credit) } };
      this.#broker.publish(this.#subject, message, this.#inbox?.subject);
    } catch (error) {
      this.#fail(error);
    }
  }

  #keepAlive(): void {
    const isSilent = performance.now() - this.#heardAt > this.#times.silenceMs;
    if (isSilent) this.#fail(lost("its writer fell silent"));
    else this.#ask(0);
  }

  /** What came before the failure is still read. */
  #fail(reason: unknown): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#failure = { reason };
    this.#release?.();
    this.#wake?.();
  }

  /** Nobody here wants it any more. */
  #abandon(reason: unknown): void {
    if (this.#isEnded) return;
    this.#chunks.length = 0;
    this.#fail(reason);
    this.#tellToStop();
  }

  #tellToStop(): void {
    try {
      this.#broker.publish(this.#subject, { payload: NOTHING, headers: { [STREAM_HEADERS.cancel]: "1" } });
    } catch {
      // The writer will find that this side is silent.
    }
  }
}

function lost(why: string): MeshError {
  return new MeshError("bad_reply", `the stream broke off: ${why}`);
}
