import { createTarDecoder, type ParsedTarEntry } from "modern-tar";
import { Meter } from "../../digest.ts";
import { MEDIA_TYPES, type Descriptor } from "../../oci.ts";
import type { CallOptions } from "../../registry.ts";
import { RegistryError } from "../../registry/registry-error.ts";
import type { ImageSource } from "../image-source.ts";

/** What a layer says of a file, in the words of a difference. */
export type LayerFile = Readonly<Record<"type" | "mode" | "owner" | "time" | "target" | "size" | "content", string>>;

/** More than any base has: a layer that unpacks to this is made to do harm. */
const MAX_UNPACKED_BYTES = 2 * 1024 ** 3;
const MAX_FILES = 200_000;

const TAR = "application/vnd.oci.image.layer.v1.tar";

/**
 * Reads what is in a layer, without keeping the files themselves.
 * @throws RegistryError `refused` for what is no tar archive, or too large
 */
export async function readLayerFiles(
  source: ImageSource,
  layer: Descriptor,
  options: CallOptions,
): Promise<ReadonlyMap<string, LayerFile>> {
  const { registry, repository } = source;
  const blob = await registry.getBlob(repository, layer.digest, { ...options, size: layer.size });
  const decoder = createTarDecoder({ strict: true });
  const files = new Map<string, LayerFile>();
  const pumping = unpacked(blob, layer).pipeThrough(limit(layer)).pipeTo(decoder.writable);
  const reading = readEntries(decoder.readable, layer, files);
  try {
    await Promise.all([pumping, reading]);
  } catch (error) {
    if (error instanceof RegistryError || options.signal?.aborted === true) throw error;
    throw new RegistryError("refused", `the layer "${layer.digest}" is no archive that can be read`, { cause: error });
  }
  return files;
}

async function readEntries(
  entries: ReadableStream<ParsedTarEntry>,
  layer: Descriptor,
  files: Map<string, LayerFile>,
): Promise<void> {
  for await (const entry of entries) {
    files.set(nameOf(entry), await fileOf(entry));
    if (files.size > MAX_FILES)
      throw new RegistryError("refused", `the layer "${layer.digest}" has more than ${MAX_FILES} files`);
  }
}

function unpacked(blob: ReadableStream<Uint8Array>, { mediaType, digest }: Descriptor): ReadableStream<Uint8Array> {
  if (mediaType === TAR) return blob;
  if (mediaType !== MEDIA_TYPES.layer) {
    throw new RegistryError("refused", `the layer "${digest}" is of type "${mediaType}", which is not read here`);
  }
  return blob.pipeThrough(new DecompressionStream("gzip") as ReadableWritablePair<Uint8Array, Uint8Array>);
}

function limit({ digest }: Descriptor): TransformStream<Uint8Array, Uint8Array> {
  let total = 0;
  return new TransformStream({
    transform(chunk, controller) {
      total += chunk.length;
      if (total <= MAX_UNPACKED_BYTES) controller.enqueue(chunk);
      else
        controller.error(
          new RegistryError("refused", `the layer "${digest}" unpacks to more than ${MAX_UNPACKED_BYTES} bytes`),
        );
    },
  });
}

function nameOf({ header }: ParsedTarEntry): string {
  return header.name.replace(/^(\.?\/)+/, "").replace(/\/+$/, "") || "/";
}

async function fileOf({ header, body }: ParsedTarEntry): Promise<LayerFile> {
  const meter = new Meter();
  for await (const chunk of body) meter.add(chunk);
  return {
    type: header.type ?? "file",
    mode: `0${(header.mode ?? 0).toString(8)}`,
    owner: `${header.uid ?? 0}:${header.gid ?? 0}`,
    time: header.mtime?.toISOString() ?? "none",
    target: header.linkname ?? "",
    size: `${meter.size} bytes`,
    content: meter.digest(),
  };
}
