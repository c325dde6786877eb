import type { Broker, Inbox, IncomingMessage } from "../../mesh/broker.ts";
import { CHUNK_BYTES } from "../../mesh/stream.ts";

/** A source of these pieces, which then ends or throws. */
export function sourceOf(pieces: readonly Uint8Array[], thrown?: Error): ReadableStream<Uint8Array> {
  const left = [...pieces];
  return new ReadableStream(
    {
      pull(controller) {
        const piece = left.shift();
        if (piece !== undefined) controller.enqueue(piece);
        else if (thrown === undefined) controller.close();
        else throw thrown;
      },
    },
    { highWaterMark: 0 },
  );
}

/** A source of so many chunks that counts; after the last of a few it waits for ever. */
export function counted(chunks: number): {
  stream: ReadableStream<Uint8Array>;
  pulledBytes: () => number;
  cancelled: Promise<void>;
} {
  let pulled = 0;
  const { promise: cancelled, resolve } = Promise.withResolvers<void>();
  const stream = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        if (pulled < chunks * CHUNK_BYTES) {
          pulled += CHUNK_BYTES;
          controller.enqueue(new Uint8Array(CHUNK_BYTES));
        } else if (chunks > 1) controller.close();
        else await cancelled;
      },
      cancel: () => resolve(),
    },
    { highWaterMark: 0 },
  );
  return { stream, pulledBytes: () => pulled, cancelled };
}

/** A writer that knows the protocol only. */
export function foreignWriter(
  broker: Broker,
  onAsk: (ask: IncomingMessage) => void,
): { subject: string; cancelled: Promise<void> } {
  const { promise: cancelled, resolve } = Promise.withResolvers<void>();
  const inbox: Inbox = broker.openInbox({
    onMessage(message) {
      if (message.headers["Fmesh-Cancel"] !== undefined) {
        inbox.close();
        resolve();
      } else if (message.headers["Fmesh-Credit"] !== "0") onAsk(message);
    },
    onNobodyThere: () => undefined,
  });
  return { subject: inbox.subject, cancelled };
}
