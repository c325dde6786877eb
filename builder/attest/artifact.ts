import * as v from "valibot";
import { digestOf } from "../digest.ts";
import { MEDIA_TYPES, type Descriptor, type Digest, type Manifest } from "../oci.ts";
import type { Blob, CallOptions, Registry } from "../registry.ts";
import { RegistryError } from "../registry/registry-error.ts";
import { parseJson } from "./json.ts";

/** The largest blob that is read of what is attached to an image: a bill of materials of ten thousand packages has less. */
export const MAX_BLOB_BYTES = 16 * 1024 * 1024;
/** As registries have it (distribution spec 1.1, "Pushing Manifests"). */
const MAX_MANIFEST_BYTES = 4 * 1024 * 1024;
/** The most layers, or artifacts, that are looked at: beyond that, somebody is at play. */
export const MAX_ATTACHED = 100;

/** Tags under which cosign 1 and 2 look for what is attached to an image (cosign, specs/SIGNATURE_SPEC.md). */
export function cosignTags(digest: Digest): { readonly signatures: string; readonly attestations: string } {
  const name = digest.replace(":", "-");
  return { signatures: `${name}.sig`, attestations: `${name}.att` };
}

/** Bytes that are to be a blob, and how a manifest names them. */
export interface Content {
  readonly blob: Blob;
  readonly descriptor: Descriptor;
}

export function contentOf(bytes: Uint8Array, mediaType: string, annotations?: Descriptor["annotations"]): Content {
  const digest = digestOf(bytes);
  const descriptor = { mediaType, digest, size: bytes.length };
  return {
    blob: { digest, size: bytes.length, open: () => bytes },
    descriptor: annotations === undefined ? descriptor : { ...descriptor, annotations },
  };
}

export const digestSchema = v.custom<Digest>(
  (text) => typeof text === "string" && /^sha256:[0-9a-f]{64}$/.test(text),
  'use a digest: "sha256:" and 64 hexadecimal digits',
);

/** What a manifest says of a blob; others' media types are read as they are. */
export const descriptorSchema = v.object({
  mediaType: v.string(),
  digest: digestSchema,
  size: v.pipe(v.number(), v.integer(), v.minValue(0)),
  annotations: v.exactOptional(v.record(v.string(), v.string())),
});

const manifestSchema = v.object({
  schemaVersion: v.literal(2),
  mediaType: v.optional(v.literal(MEDIA_TYPES.manifest), MEDIA_TYPES.manifest),
  artifactType: v.exactOptional(v.string()),
  config: descriptorSchema,
  layers: v.array(descriptorSchema),
  annotations: v.exactOptional(v.record(v.string(), v.string())),
});

/** A manifest in bytes, or `undefined` for anything else. */
export function parseManifest(bytes: Uint8Array): Manifest | undefined {
  if (bytes.length > MAX_MANIFEST_BYTES) return undefined;
  const parsed = v.safeParse(manifestSchema, parseJson(bytes));
  return parsed.success ? parsed.output : undefined;
}

/** A blob's bytes, or why they cannot be had; that the registry itself fails is thrown. */
export async function readBlob(
  registry: Registry,
  repository: string,
  descriptor: Descriptor,
  options: CallOptions = {},
): Promise<{ readonly bytes: Uint8Array } | { readonly why: string }> {
  const { size } = descriptor;
  if (size > MAX_BLOB_BYTES) return { why: `it has ${size} bytes, more than the ${MAX_BLOB_BYTES} that are read` };
  const bytes = new Uint8Array(size);
  let filled = 0;
  try {
    const stream = await registry.getBlob(repository, descriptor.digest, { ...options, size });
    for await (const chunk of stream) {
      if (filled + chunk.length > size) return { why: "it is longer than its manifest says" };
      bytes.set(chunk, filled);
      filled += chunk.length;
    }
  } catch (error) {
    if (error instanceof RegistryError && isAboutContent(error)) return { why: error.message };
    throw error;
  }
  if (filled < size || digestOf(bytes) !== descriptor.digest) return { why: "it is not what its digest says" };
  return { bytes };
}

/** Whether it is the content that is wrong or missing, not the way to it. */
export function isAboutContent(error: RegistryError): boolean {
  return error.code === "not_found" || error.code === "digest_mismatch";
}
