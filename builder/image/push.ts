import type { Base, PublishedImage } from "../build.ts";
import type { Descriptor, Digest } from "../oci.ts";
import type { Blob, Registry } from "../registry.ts";
import type { Image } from "./assemble.ts";
import type { Content } from "./config.ts";
import { together } from "./together.ts";

export interface PushOptions {
  readonly base: Base;
  /** Default: the image is found by its digest only. */
  readonly tag?: string;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: PushProgress) => void;
}

/** One blob is where it belongs. */
export interface PushProgress {
  readonly digest: Digest;
  readonly size: number;
  readonly by: "existing" | "mount" | "upload";
  readonly blobs: { readonly done: number; readonly all: number };
}

interface Wanted extends Blob {
  /** A repository that has it already. */
  readonly from?: string;
}

/**
 * Which repository of a registry got a layer last: layers that functions share are mounted from there. One that has gone since
 * costs nothing but the attempt.
 */
const homes = new WeakMap<Registry, Map<Digest, string>>();
const MAX_HOMES = 1000;

/**
 * Publishes an image: all blobs at once, those that other repositories have by mounting them, then the manifests, and what has the tag last. A
 * registry that cannot mount gets the base's layers copied. Nothing is seen under the tag before all of it is there.
 * @throws RegistryError
 */
export async function pushImage(
  registry: Registry,
  repository: string,
  image: Image,
  { base, tag, signal, onProgress }: PushOptions,
): Promise<PublishedImage> {
  let sentBytes = 0;
  let done = 0;
  const blobs = blobsOf(image, { registry, base, repository, ...(signal && { signal }) });
  await together(signal, blobs, async (blob, signal) => {
    const { by, sent } = await registry.putBlob(repository, blob, {
      signal,
      ...(blob.from !== undefined && { from: blob.from }),
    });
    sentBytes += sent;
    onProgress?.({ digest: blob.digest, size: blob.size, by, blobs: { done: ++done, all: blobs.length } });
  });

  const put = async (content: Content, options: { readonly tag?: string; readonly signal?: AbortSignal }) => {
    const { bytes, descriptor } = content;
    await registry.putManifest(repository, { bytes, mediaType: descriptor.mediaType }, options);
    sentBytes += bytes.length;
  };
  const manifests = image.platforms.map(({ manifest }) => manifest);
  const last = image.index ?? manifests[0];
  if (last === undefined) throw new TypeError("an image without a platform cannot be published");
  if (image.index !== undefined) {
    await together(signal, manifests, (manifest, signal) => put(manifest, { signal }));
  }
  await put(last, { ...(tag !== undefined && { tag }), ...(signal && { signal }) });

  remember(registry, image, repository);
  const { descriptor } = image;
  const reference = registry.reference(repository, descriptor.digest);
  return { repository, descriptor, reference, sentBytes, wasThere: false };
}

interface Place {
  readonly registry: Registry;
  readonly base: Base;
  readonly repository: string;
  readonly signal?: AbortSignal;
}

/** Each blob once, though architectures share some. */
function blobsOf(image: Image, place: Place): readonly Wanted[] {
  const blobs = new Map<Digest, Wanted>();
  for (const { base, config } of image.platforms) {
    for (const layer of base.layers) blobs.set(layer.digest, baseBlob(layer, place));
    blobs.set(config.descriptor.digest, ownBlob(config));
  }
  for (const layer of image.layers) {
    const { digest } = layer.descriptor;
    const from = homes.get(place.registry)?.get(digest);
    const isElsewhere = from !== undefined && from !== place.repository;
    blobs.set(digest, { ...ownBlob(layer), ...(isElsewhere && { from }) });
  }
  return [...blobs.values()];
}

function remember(registry: Registry, { layers }: Image, repository: string): void {
  const known = homes.get(registry) ?? new Map<Digest, string>();
  homes.set(registry, known);
  if (known.size > MAX_HOMES) known.clear();
  for (const { descriptor } of layers) known.set(descriptor.digest, repository);
}

function ownBlob({ descriptor, bytes }: Content): Wanted {
  return { digest: descriptor.digest, size: descriptor.size, open: () => bytes };
}

/** Opened only where it cannot be mounted. */
function baseBlob({ digest, size }: Descriptor, { registry, base, repository, signal }: Place): Wanted {
  const open = () => registry.getBlob(base.repository, digest, { size, ...(signal && { signal }) });
  return { digest, size, open, ...(base.repository !== repository && { from: base.repository }) };
}
