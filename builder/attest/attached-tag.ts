import { MEDIA_TYPES, type Descriptor } from "../oci.ts";
import type { CallOptions, Registry } from "../registry.ts";
import { RegistryError } from "../registry/registry-error.ts";
import { contentOf, parseManifest, type Content } from "./artifact.ts";

/** Others may write the same tag at the same time; each round, one of them is through. */
const MAX_ROUNDS = 10;

/**
 * Adds layers to the manifest under a tag, as cosign does: one manifest holds what all signers attached. Registries have no
 * conditional writes, so it looks whether they are there afterwards, and adds them again when another one was faster.
 */
export async function addToTag(
  registry: Registry,
  repository: string,
  what: { readonly tag: string; readonly layers: readonly Content[] },
  options: CallOptions = {},
): Promise<void> {
  const { tag, layers } = what;
  await Promise.all(layers.map(({ blob }) => registry.putBlob(repository, blob, options)));
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const present = await layersUnder(registry, repository, tag, options);
    const missing = layers
      .map(({ descriptor }) => descriptor)
      .filter((layer) => !present.some((other) => isSame(other, layer)));
    if (missing.length === 0) return;
    const { config, manifest } = manifestOf([...present, ...missing]);
    await registry.putBlob(repository, config.blob, options);
    await registry.putManifest(repository, { bytes: manifest, mediaType: MEDIA_TYPES.manifest }, { ...options, tag });
  }
  throw new RegistryError(
    "unavailable",
    `others keep writing the tag "${tag}" of "${repository}"; try again when they are done`,
  );
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

/** With a config such as cosign writes: registries and tools take it for an image's. */
function manifestOf(layers: readonly Descriptor[]): { readonly config: Content; readonly manifest: Uint8Array } {
  const never = "0001-01-01T00:00:00Z";
  const image = {
    architecture: "",
    created: never,
    history: layers.map(() => ({ created: never })),
    os: "",
    rootfs: { type: "layers", diff_ids: layers.map(({ digest }) => digest) },
    config: {},
  };
  const encoder = new TextEncoder();
  const config = contentOf(encoder.encode(JSON.stringify(image)), MEDIA_TYPES.config);
  const manifest = { schemaVersion: 2, mediaType: MEDIA_TYPES.manifest, config: config.descriptor, layers };
  return { config, manifest: encoder.encode(JSON.stringify(manifest)) };
}
