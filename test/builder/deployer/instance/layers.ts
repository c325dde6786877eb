import { packTar, type TarEntry } from "modern-tar";
import { digestOf } from "../../../../builder/digest.ts";
import { type Descriptor, MEDIA_TYPES } from "../../../../builder/oci.ts";
import type { Registry } from "../../../../builder/registry.ts";
import type { Deployment } from "../../../../mesh/deployment.ts";
import { blobOf, jsonBytes } from "../../registry/images.ts";

/** A layer as somebody else may have made it. */
export interface TestLayer {
  readonly mediaType?: string;
  readonly entries: readonly TarEntry[];
}

/** Of a layer: a file with its path for content, unless something else is said. */
export function file(name: string, body = name, header: Partial<TarEntry["header"]> = {}): TarEntry {
  return { header: { name, size: new TextEncoder().encode(body).length, type: "file", ...header }, body };
}

export function link(name: string, linkname: string, type: "symlink" | "link" = "symlink"): TarEntry {
  return { header: { name, linkname, type, size: 0 } };
}

export function other(name: string, type: "directory" | "fifo" | "character-device", mode = 0o755): TarEntry {
  return { header: { name, type, mode, size: 0 } };
}

export interface PublishOptions {
  readonly config?: object;
  readonly repository?: string;
}

/** Publishes an image of these layers for a machine like this one. */
export async function publishLayers(
  registry: Registry,
  layers: readonly TestLayer[],
  { config = { Entrypoint: ["/app/run"] }, repository = "shop/layers" }: PublishOptions = {},
): Promise<Deployment["image"]> {
  const descriptors: Descriptor[] = [];
  for (const { entries, mediaType = MEDIA_TYPES.layer } of layers) {
    const archive = await packTar(entries);
    const bytes = mediaType.endsWith("gzip")
      ? Bun.gzipSync(archive)
      : mediaType.endsWith("zstd")
        ? Bun.zstdCompressSync(archive)
        : archive;
    const blob = blobOf(bytes);
    await registry.putBlob(repository, blob);
    descriptors.push({ mediaType, digest: blob.digest, size: blob.size });
  }
  const about = blobOf(jsonBytes({ os: "linux", config }));
  await registry.putBlob(repository, about);
  const manifest = {
    schemaVersion: 2,
    mediaType: MEDIA_TYPES.manifest,
    config: { mediaType: MEDIA_TYPES.config, digest: about.digest, size: about.size },
    layers: descriptors,
  };
  return publishManifest(registry, manifest, repository);
}

export async function publishManifest(
  registry: Registry,
  manifest: { readonly mediaType: string },
  repository = "shop/layers",
): Promise<Deployment["image"]> {
  const bytes = jsonBytes(manifest);
  await registry.putManifest(repository, { bytes, mediaType: manifest.mediaType });
  const digest = digestOf(bytes);
  return { reference: registry.reference(repository, digest), repository, digest };
}
