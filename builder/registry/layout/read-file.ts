import { open } from "node:fs/promises";

const PIECE_BYTES = 256 * 1024;

/** A file's bytes, read as they are wanted; ends by the signal. Fails at once when there is no such file. */
export async function readStream(path: string, signal?: AbortSignal): Promise<ReadableStream<Uint8Array>> {
  const file = await open(path, "r");
  return new ReadableStream(
    {
      async pull(controller) {
        try {
          signal?.throwIfAborted();
          const { bytesRead, buffer } = await file.read(new Uint8Array(PIECE_BYTES), 0, PIECE_BYTES);
          if (bytesRead > 0) {
            controller.enqueue(buffer.subarray(0, bytesRead));
            return;
          }
          await file.close();
          controller.close();
        } catch (error) {
          await file.close();
          throw error;
        }
      },
      cancel: () => file.close(),
    },
    { highWaterMark: 0 },
  );
}
