import { type Descriptor, type Digest, MEDIA_TYPES } from "../oci.ts";
import { digestOf } from "../digest.ts";
import { gzip } from "./gzip.ts";
import { type SmallTarEntry, tar } from "./tar.ts";
import type { TarStamp } from "./tar-header.ts";

/** A layer of files that are in memory. */
export interface Layer {
  readonly descriptor: Descriptor;
  /** Digest of the uncompressed archive. */
  readonly diffId: Digest;
  readonly bytes: Uint8Array;
  /** What it is for, as the image's history tells it. */
  readonly note: string;
}

/** @throws ImageError `path_refused` */
export function makeLayer(entries: readonly SmallTarEntry[], stamp: TarStamp, note: string): Layer {
  const archive = tar(entries, stamp);
  const bytes = gzip(archive);
  return {
    descriptor: { mediaType: MEDIA_TYPES.layer, digest: digestOf(bytes), size: bytes.length },
    diffId: digestOf(archive),
    bytes,
    note,
  };
}
