import type { Blob } from "../registry.ts";
import { RegistryError } from "./registry-error.ts";
import { Verifier } from "./verified.ts";

/**
 * The bytes of a blob, piece by piece; what is open is closed when the reading ends early.
 * @throws RegistryError `unavailable` when they cannot be read; the signal's reason when it ended them.
 */
export async function* piecesOf(blob: Blob, signal?: AbortSignal): AsyncGenerator<Uint8Array, void> {
  const content = await reading(blob, signal, () => blob.open());
  if (content instanceof Uint8Array) {
    if (content.byteLength > 0) yield content;
    return;
  }
  const reader = content.getReader();
  let isEnded = false;
  try {
    for (;;) {
      const { value, done } = await reading(blob, signal, () => reader.read());
      isEnded = done;
      if (done) return;
      if (value.byteLength > 0) yield value;
    }
  } finally {
    // Cancelling a stream that broke only tells again what broke it.
    if (!isEnded) await reader.cancel().catch(() => undefined);
    reader.releaseLock();
  }
}

/**
 * The same, verified: the last piece comes only when all is what it should be, so that nobody gets the whole of what is not.
 * @throws RegistryError `digest_mismatch` too.
 */
export async function* verifiedPiecesOf(blob: Blob, signal?: AbortSignal): AsyncGenerator<Uint8Array, void> {
  const { digest, size } = blob;
  const verifier = new Verifier({ digest, size, what: `the content for blob "${digest}"` });
  let last: Uint8Array | undefined;
  for await (const piece of piecesOf(blob, signal)) {
    verifier.update(piece);
    if (last !== undefined) yield last;
    last = piece;
  }
  verifier.end();
  if (last !== undefined) yield last;
}

async function reading<T>(
  { digest }: Blob,
  signal: AbortSignal | undefined,
  work: () => T | Promise<T>,
): Promise<Awaited<T>> {
  signal?.throwIfAborted();
  try {
    return await work();
  } catch (cause) {
    signal?.throwIfAborted();
    if (cause instanceof RegistryError) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new RegistryError("unavailable", `the content of blob "${digest}" cannot be read here: ${why}`, { cause });
  }
}
