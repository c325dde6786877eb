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
