import { createWriteStream } from "node:fs";
import { rename } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { Meter } from "../digest.ts";
import { gzipSteps } from "../image/gzip.ts";
import { tarPieces } from "../image/tar.ts";
import type { TarEntry } from "../image/tar-entry.ts";
import { type Descriptor, type Digest, MEDIA_TYPES } from "../oci.ts";

/** A layer in a file, for what is too large to hold. */
export interface LayerFile {
  readonly descriptor: Descriptor;
  /** Digest of the uncompressed archive. */
  readonly diffId: Digest;
  /** Bytes of the uncompressed archive. */
  readonly unpackedSize: number;
  readonly note: string;
  /** In the folder that it was written to. */
  readonly name: string;
}

export interface LayerFileOptions {
  readonly folder: string;
  readonly note: string;
  readonly signal: AbortSignal | undefined;
}

/** The times of no machine. */
const STAMP = { uid: 0, gid: 0, mtime: 0 };

/** Writes a layer in pieces; its file is named after its digest. */
export async function writeLayer(
  entries: readonly TarEntry[],
  { folder, note, signal }: LayerFileOptions,
): Promise<LayerFile> {
  const [archive, compressed] = [new Meter(), new Meter()];
  const { measure, deflate, frame } = gzipSteps();
  const unfinished = join(folder, `${crypto.randomUUID()}.unfinished`);
  await pipeline(
    tarPieces(entries, STAMP),
    metered(archive),
    measure,
    deflate,
    frame,
    metered(compressed),
    createWriteStream(unfinished, { flush: true }),
    { ...(signal && { signal }) },
  );
  const digest = compressed.digest();
  const name = `${digest.slice("sha256:".length)}.tar.gz`;
  await rename(unfinished, join(folder, name));
  return {
    descriptor: { mediaType: MEDIA_TYPES.layer, digest, size: compressed.size },
    diffId: archive.digest(),
    unpackedSize: archive.size,
    note,
    name,
  };
}

function metered(meter: Meter) {
  return async function* (pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const piece of pieces) {
      meter.add(piece);
      yield piece;
    }
  };
}
