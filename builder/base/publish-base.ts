import { file } from "bun";
import { join } from "node:path";
import type { Base } from "../build.ts";
import { type Content, jsonContent } from "../image/config.ts";
import { together } from "../image/together.ts";
import { ARCHITECTURES, type Digest, type ImageIndex, MEDIA_TYPES } from "../oci.ts";
import type { Blob, Registry } from "../registry.ts";
import type { BuiltBase } from "./built-base.ts";

export interface PublishBaseOptions {
  /** Default: {@link tagOf} the bases. */
  readonly tag?: string;
  readonly signal?: AbortSignal;
  /** A layer or configuration is there. */
  readonly onProgress?: (progress: { readonly digest: Digest; readonly size: number; readonly sent: number }) => void;
}

/**
 * Publishes a base for one or several architectures, under a tag. What is there already is not sent again.
 * @throws RegistryError
 */
export async function publishBase(
  registry: Registry,
  repository: string,
  bases: readonly BuiltBase[],
  { tag, signal, onProgress }: PublishBaseOptions = {},
): Promise<Base> {
  const [last, ...manifests] = manifestsOf(bases);
  await together(signal, blobsOf(bases), async (blob, signal) => {
    const { sent } = await registry.putBlob(repository, blob, { signal });
    onProgress?.({ digest: blob.digest, size: blob.size, sent });
  });
  const put = async (
    { bytes, descriptor: { mediaType } }: Content,
    options: { tag?: string; signal?: AbortSignal },
  ) => {
    await registry.putManifest(repository, { bytes, mediaType }, options);
  };
  await together(signal, manifests, (manifest, signal) => put(manifest, { signal }));
  await put(last, { tag: tag ?? tagOf(bases), ...(signal && { signal }) });
  return { repository, images: Object.fromEntries(bases.map(({ architecture, image }) => [architecture, image])) };
}

/** `bun-1.4.5-0123456789ab`: another content has another tag, so that a registry whose tags cannot change takes it too. */
export function tagOf(bases: readonly BuiltBase[]): string {
  const [{ descriptor }] = manifestsOf(bases);
  const names = new Set(bases.map(({ runtime, version }) => `${runtime}-${version}`));
  return `${[...names].join("-").replaceAll("+", "_")}-${descriptor.digest.slice("sha256:".length).slice(0, 12)}`;
}

/** What gets the tag comes first: the only manifest, or the index of them. */
function manifestsOf(bases: readonly BuiltBase[]): readonly [Content, ...Content[]] {
  const ordered = ARCHITECTURES.flatMap((name) => bases.filter(({ architecture }) => architecture === name));
  const [only, ...others] = ordered.map(({ manifest }) => manifest);
  if (only === undefined) throw new TypeError("there is no base to publish; build one first");
  if (new Set(ordered.map(({ architecture }) => architecture)).size < ordered.length) {
    throw new TypeError("two bases are for the same architecture; publish one of them, or under another tag");
  }
  if (others.length === 0) return [only];
  const index: ImageIndex = {
    schemaVersion: 2,
    mediaType: MEDIA_TYPES.index,
    manifests: ordered.map(({ architecture, manifest }) => ({
      ...manifest.descriptor,
      platform: { architecture, os: "linux" },
    })),
  };
  return [jsonContent(MEDIA_TYPES.index, index), only, ...others];
}

/** Each once, though architectures share some; read from their files for every attempt. */
function blobsOf(bases: readonly BuiltBase[]): readonly Blob[] {
  const blobs = new Map<Digest, Blob>();
  for (const { folder, layers, config } of bases) {
    for (const { name, descriptor } of layers) {
      blobs.set(descriptor.digest, { ...descriptor, open: () => file(join(folder, name)).stream() });
    }
    blobs.set(config.descriptor.digest, { ...config.descriptor, open: () => config.bytes });
  }
  return [...blobs.values()];
}
