import { randomBytes } from "node:crypto";
import { type Descriptor, type ImageIndex, type Manifest, MEDIA_TYPES } from "../../../builder/oci.ts";
import type { Blob, Registry } from "../../../builder/registry.ts";
import { digestOf } from "../../../builder/digest.ts";

/** A blob of these bytes, or of so many random ones. */
export function blobOf(content: string | number | Uint8Array): Blob & { readonly bytes: Uint8Array } {
  const bytes =
    typeof content === "string"
      ? new TextEncoder().encode(content)
      : new Uint8Array(typeof content === "number" ? randomBytes(content) : content);
  return { digest: digestOf(bytes), size: bytes.byteLength, open: () => bytes, bytes };
}

/** The same blob, read in pieces; `pause` is awaited before each. */
export function inPieces(
  blob: Blob & { readonly bytes: Uint8Array },
  options: { readonly size?: number; readonly pause?: (offset: number) => Promise<void> } = {},
): Blob {
  const { size = 64 * 1024, pause } = options;
  const open = (): ReadableStream<Uint8Array> => {
    let offset = 0;
    return new ReadableStream(
      {
        async pull(controller) {
          await pause?.(offset);
          if (offset < blob.size) controller.enqueue(blob.bytes.slice(offset, offset + size));
          else controller.close();
          offset += size;
        },
      },
      { highWaterMark: 0 },
    );
  };
  return { digest: blob.digest, size: blob.size, open };
}

export function jsonBytes(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

/** A small image that tools accept: its config names a layer that is there in every test alike. */
export interface TestImage {
  readonly blobs: readonly Blob[];
  readonly manifest: { readonly bytes: Uint8Array; readonly mediaType: string };
  readonly descriptor: Descriptor;
}

/** Images of different `text` are different. */
export function imageOf(
  text: string,
  options: { readonly subject?: Descriptor; readonly artifactType?: string } = {},
): TestImage {
  const layer = blobOf(Bun.gzipSync(new Uint8Array(1024)));
  const config = blobOf(
    JSON.stringify({
      architecture: "amd64",
      os: "linux",
      config: { Labels: { text } },
      rootfs: { type: "layers", diff_ids: [digestOf(new Uint8Array(1024))] },
    }),
  );
  const manifest: Manifest = {
    schemaVersion: 2,
    mediaType: MEDIA_TYPES.manifest,
    ...(options.artifactType !== undefined && { artifactType: options.artifactType }),
    config: descriptorOf(config, MEDIA_TYPES.config),
    layers: [descriptorOf(layer, MEDIA_TYPES.layer)],
    ...(options.subject !== undefined && { subject: options.subject }),
    annotations: { text },
  };
  return { blobs: [layer, config], ...toTestManifest(manifest) };
}

/** What is published as an index of images. */
export function indexOf(images: readonly Descriptor[]): Pick<TestImage, "manifest" | "descriptor"> {
  return toTestManifest({ schemaVersion: 2, mediaType: MEDIA_TYPES.index, manifests: images });
}

/** Publishes all of an image, as the builder does. */
export async function publish(
  registry: Registry,
  repository: string,
  image: TestImage,
  options: { readonly tag?: string; readonly signal?: AbortSignal } = {},
): Promise<Descriptor> {
  const { signal } = options;
  for (const blob of image.blobs) await registry.putBlob(repository, blob, signal === undefined ? {} : { signal });
  return registry.putManifest(repository, image.manifest, options);
}

/** All that a stream gives. */
export async function bytesOf(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function descriptorOf({ digest, size }: Blob, mediaType: string): Descriptor {
  return { mediaType, digest, size };
}

function toTestManifest(value: Manifest | ImageIndex): Pick<TestImage, "manifest" | "descriptor"> {
  const { mediaType } = value;
  const bytes = jsonBytes(value);
  return { manifest: { bytes, mediaType }, descriptor: { mediaType, digest: digestOf(bytes), size: bytes.byteLength } };
}
