import type { Digest } from "../../oci.ts";
import { RegistryError } from "../registry-error.ts";
import { verified } from "../verified.ts";
import type { OpenAnswer } from "./http.ts";
import { isPassing, pauseBefore, pauseOrEnd } from "./retry.ts";
import { toRead } from "./scopes.ts";
import { REDIRECTS, type Transport } from "./transport.ts";

export interface BlobToRead {
  /** Of the repository. */
  readonly path: string;
  readonly digest: Digest;
  readonly size?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Whether a blob is there, with the right length where that is known. */
export async function hasBlob(transport: Transport, blob: BlobToRead & { readonly scope: string }): Promise<boolean> {
  const { path, digest, size, signal, scope } = blob;
  const answer = await transport.send({
    method: "HEAD",
    to: `/v2/${path}/blobs/${digest}`,
    scopes: [scope],
    // A storage that signs addresses for reading refuses to be asked for less; what it is sent for is there.
    accepts: [200, 404, ...REDIRECTS],
    what: `looking for blob "${digest}" in "${path}"`,
    signal,
  });
  if (answer.status !== 200) return answer.status !== 404;
  const length = answer.headers.get("content-length");
  return size === undefined || length === null || Number(length) === size;
}

/** A blob's content, verified; a connection that breaks is opened again where it broke. */
export async function readBlob(transport: Transport, blob: BlobToRead): Promise<ReadableStream<Uint8Array>> {
  const { path, digest, size, signal } = blob;
  const what = `blob "${digest}" of "${path}"`;
  const answer = await open(transport, blob, 0);
  const length = answer.headers.get("content-length");
  if (size !== undefined && length !== null && Number(length) !== size) {
    await answer.stream.cancel();
    throw new RegistryError("digest_mismatch", `${what} has ${length} bytes at the registry instead of ${size}`);
  }
  const stream = resumed(answer, (offset) => open(transport, blob, offset), { transport, signal });
  return verified(stream, { digest, size, what });
}

function open(transport: Transport, { path, digest, signal }: BlobToRead, offset: number): Promise<OpenAnswer> {
  return transport.open({
    method: "GET",
    to: `/v2/${path}/blobs/${digest}`,
    scopes: [toRead(path)],
    accepts: offset === 0 ? [200] : [200, 206],
    headers: offset === 0 ? {} : { range: `bytes=${offset}-` },
    what: `reading blob "${digest}" of "${path}"`,
    signal,
  });
}

function resumed(
  first: OpenAnswer,
  reopen: (offset: number) => Promise<OpenAnswer>,
  { transport, signal }: { readonly transport: Transport; readonly signal: AbortSignal | undefined },
): ReadableStream<Uint8Array> {
  let reader = first.stream.getReader();
  let offset = 0;
  let toSkip = 0;
  let failures = 0;
  const read = async (): Promise<Uint8Array | undefined> => {
    for (;;) {
      try {
        const { value, done } = await reader.read();
        if (done) return undefined;
        const piece = value.subarray(toSkip);
        toSkip -= value.byteLength - piece.byteLength;
        if (piece.byteLength === 0) continue;
        failures = 0;
        offset += piece.byteLength;
        return piece;
      } catch (error) {
        const waitMs = isPassing(error) ? pauseBefore(++failures, error, transport.policy) : undefined;
        if (waitMs === undefined) throw error;
        await pauseOrEnd(waitMs, signal);
        const next = await reopen(offset);
        // Some registries begin at the beginning, whatever they are asked for.
        toSkip = offset - beginOf(next);
        reader = next.stream.getReader();
        if (toSkip >= 0) continue;
        await reader.cancel();
        throw error;
      }
    }
  };
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        signal?.throwIfAborted();
        const piece = await read();
        if (piece === undefined) controller.close();
        else controller.enqueue(piece);
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}

function beginOf({ status, headers }: OpenAnswer): number {
  if (status === 200) return 0;
  const begin = /^bytes (\d+)-/.exec(headers.get("content-range") ?? "")?.[1];
  return begin === undefined ? Number.POSITIVE_INFINITY : Number(begin);
}
