/** How the reading of a stream ended: with its last byte, because nobody wanted more, or because it broke off. */
export type StreamEnd = { readonly how: "read" | "cancelled" } | { readonly how: "failed"; readonly error: unknown };

/** The same bytes; `onEnd` is told once how their reading ended. */
export function watchStream(
  bytes: ReadableStream<Uint8Array>,
  onEnd: (end: StreamEnd) => void,
): ReadableStream<Uint8Array> {
  const reader = bytes.getReader();
  return new ReadableStream(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read();
          if (!done) return controller.enqueue(value);
        } catch (error) {
          onEnd({ how: "failed", error });
          throw error;
        }
        onEnd({ how: "read" });
        controller.close();
      },
      cancel(reason) {
        onEnd({ how: "cancelled" });
        return reader.cancel(reason);
      },
    },
    // Nothing is asked for before it is read.
    { highWaterMark: 0 },
  );
}
