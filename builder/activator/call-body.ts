import type { Broker } from "../../mesh/broker.ts";
import { offeredBody } from "../../mesh/call.ts";
import { receiveStream } from "../../mesh/stream-consumer.ts";
import type { CallInHand } from "./call-in-hand.ts";

/** The body of a call as HTTP clients take it, once for each time that it is sent. */
export class CallBody {
  readonly #call: CallInHand;
  readonly #broker: Broker;
  #wasRead = false;

  constructor(call: CallInHand, broker: Broker) {
    this.#call = call;
    this.#broker = broker;
  }

  /** Whether it can be had once more. */
  get isWhole(): boolean {
    return !this.#wasRead;
  }

  open(): Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array> | null {
    const { payload, headers } = this.#call.message;
    const offered = offeredBody(headers);
    if (offered !== undefined) return this.#stream(offered.subject);
    return payload.length === 0 ? null : (payload as Uint8Array<ArrayBuffer>);
  }

  /** Asks for nothing before something is wanted: a connection that is refused has not begun to read. */
  #stream(subject: string): ReadableStream<Uint8Array> {
    let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
    const begun = (): ReadableStreamDefaultReader<Uint8Array> => {
      this.#wasRead = true;
      return receiveStream(this.#broker, subject, { signal: this.#call.signal }).getReader();
    };
    return new ReadableStream(
      {
        async pull(controller) {
          const { done, value } = await (reader ??= begun()).read();
          if (done) controller.close();
          else controller.enqueue(value);
        },
        cancel: (reason) => reader?.cancel(reason),
      },
      { highWaterMark: 0 },
    );
  }
}
