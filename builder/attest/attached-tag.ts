import { MEDIA_TYPES, type Descriptor } from "../oci.ts";
import type { CallOptions, Registry } from "../registry.ts";
import { RegistryError } from "../registry/registry-error.ts";
import { contentOf, parseManifest, type Content } from "./artifact.ts";
import { jsonBytes } from "./json.ts";

/**
 * Adds layers to the manifest under one of cosign's tags, which holds what all signers attached. Their blobs have to be there.
 * @returns whether any was missing
 */
export async function addToTag(
  registry: Registry,
  repository: string,
  what: { readonly tag: string; readonly layers: readonly Content[] },
  options: CallOptions = {},
): Promise<boolean> {
  const { tag, layers } = what;
  if (layers.length === 0) return false;
  const present = await layersUnder(registry, repository, tag, options);
  const missing = layers
    .map(({ descriptor }) => descriptor)
    .filter((layer) => !present.some((other) => isSame(other, layer)));
  if (missing.length === 0) return false;
  const all = [...present, ...missing];
  const config = configOf(all);
  await registry.putBlob(repository, config.blob, options);
  const manifest = { schemaVersion: 2, mediaType: MEDIA_TYPES.manifest, config: config.descriptor, layers: all };
  const content = { bytes: jsonBytes(manifest), mediaType: MEDIA_TYPES.manifest };
  await registry.putManifest(repository, content, { ...options, tag });
  return true;
}

async function layersUnder(
  registry: Registry,
  repository: string,
  tag: string,
  options: CallOptions,
): Promise<readonly Descriptor[]> {
  const stored = await registry.getManifest(repository, tag, options);
  if (stored === undefined) return [];
  const manifest = parseManifest(stored.bytes);
  if (manifest === undefined) {
    throw new RegistryError(
      "refused",
      `the tag "${tag}" of "${repository}" holds no manifest of cosign's; delete it, and try again`,
    );
  }
  return manifest.layers;
}

/** Layers are the same with the same annotations only: signatures of one payload differ in nothing else. */
function isSame(one: Descriptor, other: Descriptor): boolean {
  const annotations = Object.entries(other.annotations ?? {});
  return one.digest === other.digest && annotations.every(([name, text]) => one.annotations?.[name] === text);
}

/** The config of such a manifest, as cosign writes it: registries and tools take it for an image's. */
export function configOf(layers: readonly Descriptor[]): Content {
  const never = "0001-01-01T00:00:00Z";
  const image = {
    architecture: "",
    created: never,
    history: layers.map(() => ({ created: never })),
    os: "",
    rootfs: { type: "layers", diff_ids: layers.map(({ digest }) => digest) },
    config: {},
  };
  return contentOf(jsonBytes(image), MEDIA_TYPES.config);
}
