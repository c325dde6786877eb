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

/** Layers of one file, by its content: what starts functions is the same for all of them, and takes longest to compress. */
const ofOneFile = new WeakMap<Uint8Array, { readonly key: string; readonly layer: Layer }>();

/**
 * The same entries give the same layer.
 * @throws ImageError `path_refused`
 */
export function makeLayer(entries: readonly SmallTarEntry[], stamp: TarStamp, note: string): Layer {
  const [only, ...others] = entries;
  if (only?.type !== "file" || others.length > 0) return compress(entries, stamp, note);
  const { content, ...facts } = only;
  const key = JSON.stringify([facts, stamp, note]);
  const known = ofOneFile.get(content);
  if (known?.key === key) return known.layer;
  const layer = compress(entries, stamp, note);
  ofOneFile.set(content, { key, layer });
  return layer;
}

function compress(entries: readonly SmallTarEntry[], stamp: TarStamp, note: string): Layer {
  const archive = tar(entries, stamp);
  const bytes = gzip(archive);
  return {
    descriptor: { mediaType: MEDIA_TYPES.layer, digest: digestOf(bytes), size: bytes.length },
    diffId: digestOf(archive),
    bytes,
    note,
  };
}
