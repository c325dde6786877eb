import * as v from "valibot";
import { digestSchema } from "../../builder/attest/artifact.ts";
import { type Architecture, type Digest, MEDIA_TYPES } from "../../builder/oci.ts";
import type { Registry } from "../../builder/registry.ts";
import { RegistryError } from "../../builder/registry/registry-error.ts";

/** An image that another one stands on, in the same registry. */
export interface StoodOn {
  readonly architecture: Architecture;
  readonly repository: string;
  readonly digest: Digest;
}

const blobSchema = v.object({ digest: digestSchema, size: v.pipe(v.number(), v.integer(), v.minValue(0)) });
/** Docker's older manifests have these, too. */
const manifestSchema = v.pipe(v.string(), v.parseJson(), v.object({ config: blobSchema, layers: v.array(blobSchema) }));

/**
 * Copies the base of each architecture into another registry.
 * @returns its name there: `repository@sha256:…`
 * @throws RegistryError
 */
export async function copyBase(
  from: Registry,
  to: Registry,
  { bases, signal }: { readonly bases: readonly StoodOn[]; readonly signal: AbortSignal },
): Promise<string> {
  const manifests = await Promise.all(bases.map((base) => copyImage(from, to, base, signal)));
  const [first] = manifests;
  if (first === undefined) throw new RegistryError("not_found", "the image does not tell what it stands on");
  if (manifests.length === 1) return `${first.repository}@${first.descriptor.digest}`;
  const index = {
    schemaVersion: 2,
    mediaType: MEDIA_TYPES.index,
    manifests: manifests.map(({ descriptor, architecture }) => ({
      ...descriptor,
      platform: { architecture, os: "linux" },
    })),
  };
  const bytes = new TextEncoder().encode(JSON.stringify(index));
  const { digest } = await to.putManifest(first.repository, { bytes, mediaType: MEDIA_TYPES.index }, { signal });
  return `${first.repository}@${digest}`;
}

async function copyImage(from: Registry, to: Registry, base: StoodOn, signal: AbortSignal) {
  const { repository, digest, architecture } = base;
  const stored = await from.getManifest(repository, digest, { signal });
  if (stored === undefined) {
    const text = `the base "${repository}@${digest}" of the image is not in "${from.name}" any more; publish it again`;
    throw new RegistryError("not_found", text);
  }
  const parsed = v.safeParse(manifestSchema, new TextDecoder().decode(stored.bytes));
  if (!parsed.success) throw new RegistryError("refused", `the base "${repository}@${digest}" is no image`);
  const { config, layers } = parsed.output;
  for (const { digest: blob, size } of [config, ...layers]) {
    const open = () => from.getBlob(repository, blob, { size, signal });
    await to.putBlob(repository, { digest: blob, size, open }, { signal });
  }
  const { bytes, mediaType } = stored;
  const descriptor = await to.putManifest(repository, { bytes, mediaType }, { signal });
  return { architecture, repository, descriptor };
}
