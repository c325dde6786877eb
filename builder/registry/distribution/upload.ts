import type { Blob, PutBlobOptions, PutBlobResult } from "../../registry.ts";
import type { Log } from "../../../mesh/log.ts";
import { RegistryError } from "../registry-error.ts";
import { BlobSource } from "./blob-source.ts";
import { hasBlob } from "./blobs.ts";
import type { WholeAnswer } from "./http.ts";
import { isPassing, pauseBefore, pauseOrEnd } from "./retry.ts";
import { toRead, toWrite } from "./scopes.ts";
import type { Transport } from "./transport.ts";
import { type BegunUpload, UploadSession } from "./upload-session.ts";

export interface UploadOptions extends PutBlobOptions {
  /** Blobs that are larger go in pieces of so many bytes; `undefined`: never. */
  readonly chunkBytes: number | undefined;
  readonly log: Log;
  /** Of the repository, and of the one that may have it. */
  readonly path: string;
  readonly fromPath: string | undefined;
}

/** Puts a blob where it is not yet: by a mount, or else by an upload that is begun again when it breaks. */
export async function putBlob(transport: Transport, blob: Blob, options: UploadOptions): Promise<PutBlobResult> {
  const { path, fromPath, signal } = options;
  // The right to write is needed anyway: one token serves for both.
  const wanted = { path, digest: blob.digest, size: blob.size, signal, scope: toWrite(path) };
  if (await hasBlob(transport, wanted)) return { by: "existing", sent: 0 };
  let begun = fromPath === undefined ? undefined : await mount(transport, blob, { path, from: fromPath, signal });
  if (begun === "mounted") return { by: "mount", sent: 0 };

  let sent = 0;
  for (let attempt = 1; ; attempt++) {
    const source = new BlobSource(blob, signal);
    begun ??= await begin(transport, blob, { path, signal });
    const session = new UploadSession(transport, { ...options, ...begun, blob, source });
    try {
      await session.send();
      return { by: "upload", sent: sent + session.sent };
    } catch (error) {
      sent += session.sent;
      begun = undefined;
      await session.abandon();
      signal?.throwIfAborted();
      const cause = source.failure ?? error;
      const waitMs = mayPass(cause, source) ? pauseBefore(attempt, cause, transport.policy) : undefined;
      if (waitMs === undefined) throw cause;
      options.log.debug("an upload broke and is begun again", { digest: blob.digest, attempt, error: cause });
      await pauseOrEnd(waitMs, signal);
      // It may have been the answer alone that was lost.
      if (await hasBlob(transport, wanted)) return { by: "upload", sent };
    } finally {
      await source.close();
    }
  }
}

// Content was verified on its way out: what arrives otherwise was damaged in between.
function mayPass(error: unknown, source: BlobSource): error is RegistryError {
  if (source.failure !== undefined) return false;
  return isPassing(error) || (error instanceof RegistryError && ["digest_mismatch", "not_found"].includes(error.code));
}

/** @returns `mounted`, where to upload it instead, or `undefined` when that has to be asked for. */
async function mount(
  transport: Transport,
  { digest }: Blob,
  options: { readonly path: string; readonly from: string; readonly signal: AbortSignal | undefined },
): Promise<"mounted" | BegunUpload | undefined> {
  const { path, from, signal } = options;
  try {
    const answer = await transport.send({
      method: "POST",
      to: `/v2/${path}/blobs/uploads/?mount=${digest}&from=${encodeURIComponent(from)}`,
      scopes: [toWrite(path), toRead(from)],
      accepts: [201, 202],
      headers: { "content-length": "0" },
      what: `mounting blob "${digest}" of "${from}" in "${path}"`,
      signal,
    });
    return answer.status === 201 ? "mounted" : toUpload(transport, answer);
  } catch (error) {
    // Who may write here may still not read there, and some registries know of no mounts.
    const isNoWay = error instanceof RegistryError && NO_WAY.includes(error.code);
    if (isNoWay) return undefined;
    throw error;
  }
}

const NO_WAY: readonly string[] = ["unauthenticated", "forbidden", "not_found", "refused"];

async function begin(
  transport: Transport,
  { digest }: Blob,
  { path, signal }: { readonly path: string; readonly signal: AbortSignal | undefined },
): Promise<BegunUpload> {
  const answer = await transport.send({
    method: "POST",
    to: `/v2/${path}/blobs/uploads/`,
    scopes: [toWrite(path)],
    accepts: [202],
    headers: { "content-length": "0" },
    what: `uploading blob "${digest}" to "${path}"`,
    signal,
  });
  return toUpload(transport, answer);
}

function toUpload(transport: Transport, answer: WholeAnswer): BegunUpload {
  const least = Number(answer.headers.get("oci-chunk-min-length") ?? 0);
  return { location: transport.next(answer), minChunkBytes: Number.isSafeInteger(least) ? least : 0 };
}
