import { MeshError } from "./errors.ts";

/**
 * All the bytes of a stream.
 * @throws MeshError `payload_too_large` as soon as there are more than `maxBytes`; rejects with the stream's own error.
 */
export async function gather(stream: ReadableStream<Uint8Array>, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw tooLarge(maxBytes);
    chunks.push(chunk);
  }
  return concat(chunks, bytes);
}

/**
 * What of a stream is there already: all of it, when it ends at once and within `maxBytes`; else the stream, from its start.
 * Rejects with the stream's own error.
 */
export async function peek(
  stream: ReadableStream<Uint8Array>,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>> {
  const reader = stream.getReader();
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  const now = nextTurn();
  for (;;) {
    const next = reader.read();
    // Whoever resumes hears of a failure; who never does, because the call has ended before, has no need to.
    next.catch(() => undefined);
    const first = await Promise.race([next, now]);
    if (first === undefined) return resumed(chunks, next, reader);
    if (first.done) return concat(chunks, bytes);
    chunks.push(first.value);
    bytes += first.value.length;
    if (bytes > maxBytes) return resumed(chunks, undefined, reader);
  }
}

/** A refusal of a body for its size. */
export function tooLarge(maxBytes: number): MeshError {
  return new MeshError("payload_too_large", `the body is larger than the ${maxBytes} bytes allowed here`);
}

/** Chunks as one, `bytes` long. */
export function concat(chunks: readonly Uint8Array[], bytes: number): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(bytes);
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.length;
  }
  return whole;
}

/** A stream of bytes that are there already. */
export function streamOf(bytes: Uint8Array): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      if (bytes.length > 0) controller.enqueue(bytes);
      controller.close();
    },
  });
}

type Read = ReturnType<ReadableStreamDefaultReader<Uint8Array>["read"]>;

/** A stream that was read from: what was read, what is being read, and the rest. */
function resumed(
  chunks: readonly Uint8Array[],
  next: Read | undefined,
  reader: ReadableStreamDefaultReader<Uint8Array>,
): ReadableStream<Uint8Array> {
  const read = [...chunks];
  let reading = next;
  return new ReadableStream(
    {
      async pull(controller) {
        const chunk = read.shift();
        if (chunk !== undefined) return controller.enqueue(chunk);
        const { done, value } = await (reading ?? reader.read());
        reading = undefined;
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}

/** When what is there already has been handed over. */
function nextTurn(): Promise<undefined> {
  return new Promise((resolve) => setTimeout(resolve, 0, undefined));
}
