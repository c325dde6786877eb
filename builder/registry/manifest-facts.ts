import * as v from "valibot";
import { type Descriptor, type Digest, MEDIA_TYPES } from "../oci.ts";
import { RegistryError } from "./registry-error.ts";
import { isDigest } from "./names.ts";
import { digestOf } from "../digest.ts";

const DescriptorSchema = v.looseObject({
  mediaType: v.string(),
  digest: v.custom<Digest>((value) => typeof value === "string" && isDigest(value), "is not a SHA-256 digest"),
  size: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  artifactType: v.optional(v.string()),
  annotations: v.optional(v.record(v.string(), v.string())),
});

const ManifestSchema = v.looseObject({
  schemaVersion: v.literal(2),
  mediaType: v.optional(v.string()),
  artifactType: v.optional(v.string()),
  config: v.optional(DescriptorSchema),
  layers: v.optional(v.array(DescriptorSchema)),
  manifests: v.optional(v.array(DescriptorSchema)),
  subject: v.optional(DescriptorSchema),
  annotations: v.optional(v.record(v.string(), v.string())),
});

/** What a registry has to know of a manifest or an index. */
export interface ManifestFacts {
  readonly mediaType: string | undefined;
  readonly subject: Digest | undefined;
  /** Blobs that have to be there before. */
  readonly blobs: readonly Descriptor[];
  /** Manifests that have to be there before, of an index. */
  readonly manifests: readonly Descriptor[];
  /** How it is listed as a referrer (OCI distribution spec 1.1, "Pushing manifests with subject"). */
  readonly referrer: Descriptor;
}

/** More than this is no manifest: the distribution spec lets registries refuse it. */
export const MAX_MANIFEST_BYTES = 4 * 1024 * 1024;

/** Manifests of OCI and of Docker, which older images have. */
export const MANIFEST_TYPES: readonly string[] = [
  MEDIA_TYPES.manifest,
  MEDIA_TYPES.index,
  "application/vnd.docker.distribution.manifest.v2+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
];

export function isManifestType(mediaType: string): boolean {
  return MANIFEST_TYPES.includes(mediaType);
}

/** @throws RegistryError `refused` for what is not a manifest or an index; `what` names it. */
export function factsOf(bytes: Uint8Array, what: string): ManifestFacts {
  const parsed = parse(bytes);
  if (parsed?.success === true) return toFacts(bytes, parsed.output);
  const [issue] = parsed?.issues ?? [];
  const why = issue === undefined ? "it is not JSON" : `at "${v.getDotPath(issue) ?? ""}": ${issue.message}`;
  throw new RegistryError("refused", `${what} is no manifest: ${why}`);
}

/** `undefined` for what is something else. */
export function manifestFacts(bytes: Uint8Array): ManifestFacts | undefined {
  const parsed = parse(bytes);
  return parsed?.success === true ? toFacts(bytes, parsed.output) : undefined;
}

function parse(bytes: Uint8Array): v.SafeParseResult<typeof ManifestSchema> | undefined {
  try {
    return v.safeParse(ManifestSchema, JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)));
  } catch {
    // Not text, or not JSON.
    return undefined;
  }
}

function toFacts(bytes: Uint8Array, manifest: v.InferOutput<typeof ManifestSchema>): ManifestFacts {
  const { mediaType, artifactType, config, layers = [], manifests, subject, annotations } = manifest;
  const type = artifactType ?? config?.mediaType;
  return {
    mediaType,
    subject: subject?.digest,
    blobs: toDescriptors(config === undefined ? layers : [config, ...layers]),
    manifests: toDescriptors(manifests ?? []),
    referrer: {
      mediaType: mediaType ?? (manifests === undefined ? MEDIA_TYPES.manifest : MEDIA_TYPES.index),
      digest: digestOf(bytes),
      size: bytes.byteLength,
      ...(type !== undefined && { artifactType: type }),
      ...(annotations !== undefined && { annotations }),
    },
  };
}

// What other tools write into a descriptor is kept, as the spec asks; the type names what is used here.
function toDescriptors(parsed: readonly v.InferOutput<typeof DescriptorSchema>[]): readonly Descriptor[] {
  return parsed as readonly Descriptor[];
}
