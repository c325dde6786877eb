import { MEDIA_TYPES, type Descriptor, type Digest } from "../oci.ts";
import type { CallOptions, Registry } from "../registry.ts";
import { RegistryError } from "../registry/registry-error.ts";
import { contentOf, parseManifest, readBlob } from "./artifact.ts";
import { jsonBytes } from "./json.ts";

/** The lock file of an image's packages, attached to it: with it the same image can be built again. */
export const LOCK_MEDIA_TYPE = "application/vnd.functionsmesh.lock.v1";

/**
 * Attaches a lock file to an image. It is not signed: the provenance has its digest, and what is built with another one is
 * another image.
 * @throws RegistryError
 */
export async function attachLock(
  registry: Registry,
  repository: string,
  { mediaType, digest, size }: Descriptor,
  lock: string,
  options: CallOptions = {},
): Promise<void> {
  const config = contentOf(jsonBytes({}), MEDIA_TYPES.empty);
  const layer = contentOf(new TextEncoder().encode(lock), LOCK_MEDIA_TYPE);
  await Promise.all([config, layer].map(({ blob }) => registry.putBlob(repository, blob, options)));
  const manifest = {
    schemaVersion: 2,
    mediaType: MEDIA_TYPES.manifest,
    artifactType: LOCK_MEDIA_TYPE,
    config: config.descriptor,
    layers: [layer.descriptor],
    subject: { mediaType, digest, size },
  };
  await registry.putManifest(repository, { bytes: jsonBytes(manifest), mediaType: MEDIA_TYPES.manifest }, options);
}

/**
 * The lock file that an image was built with; `undefined` for one without dependencies, or that another tool made.
 * @throws RegistryError `digest_mismatch` when what is attached cannot be read
 */
export async function readLock(
  registry: Registry,
  repository: string,
  digest: Digest,
  options: CallOptions = {},
): Promise<string | undefined> {
  const referrers = await registry.referrers(repository, digest, { ...options, artifactType: LOCK_MEDIA_TYPE });
  for (const { digest: reference } of referrers) {
    const stored = await registry.getManifest(repository, reference, options);
    const [layer] = (stored && parseManifest(stored.bytes))?.layers ?? [];
    if (layer?.mediaType !== LOCK_MEDIA_TYPE) continue;
    const read = await readBlob(registry, repository, layer, options);
    if ("bytes" in read) return new TextDecoder().decode(read.bytes);
    throw new RegistryError(
      "digest_mismatch",
      `the lock file of "${repository}@${digest}" cannot be read: ${read.why}`,
    );
  }
  return undefined;
}
