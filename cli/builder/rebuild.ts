import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { compareImages } from "../../builder/attest/compare/compare-images.ts";
import type { ImageSource } from "../../builder/attest/image-source.ts";
import { readLock } from "../../builder/attest/lock.ts";
import type { BuildDefinition, BuildProgress } from "../../builder/build.ts";
import type { Digest } from "../../builder/oci.ts";
import { LayoutRegistry } from "../../builder/registry/layout.ts";
import type { BuilderConfig } from "../../gateway/config.ts";
import { silentLog } from "../../mesh/log.ts";
import type { ConfiguredRegistry } from "./configured-registry.ts";
import { copyBase } from "./copy-base.ts";
import { type ImageFacts, readImageFacts } from "./image-facts.ts";
import { openBuilderOf } from "./open-builder.ts";

/** What came out when an image was built again. */
export interface Rebuilt {
  readonly digest: Digest;
  readonly isSame: boolean;
  /** In words; empty when it is the same. */
  readonly differences: readonly string[];
}

export interface RebuildOptions extends Pick<ConfiguredRegistry, "config" | "folder"> {
  readonly onProgress: (progress: BuildProgress) => void;
  readonly signal: AbortSignal;
}

const NAMES = ["the published image", "the one built now"] as const;

/**
 * Builds an image again, from its definition, on what it stands on and with the packages that it was built with, and compares
 * the two. It happens in a folder that is removed afterwards; nothing goes to the registry.
 * @throws BuildError, BaseError, ImageError or RegistryError
 */
export async function rebuild(
  image: ImageSource,
  definition: BuildDefinition,
  { config, folder, onProgress, signal }: RebuildOptions,
): Promise<Rebuilt> {
  const { registry, repository, digest } = image;
  const facts = await readImageFacts(image, signal);
  const lock = await readLock(registry, repository, digest, { signal });
  const scratch = await mkdtemp(join(tmpdir(), "fmesh-rebuild-"));
  try {
    const layout = join(scratch, "images");
    const copies = new LayoutRegistry({ folder: layout });
    const base = await copyBase(registry, copies, { bases: facts.bases, signal });
    const settings = settingsOf({ ...config, folder }, { runtime: definition.runtime, base, facts });
    const builder = await openBuilderOf(settings, {
      ...{ folder: scratch, env: {}, log: silentLog, registry: `oci-layout:${layout}` },
    });
    try {
      const wanted = { ...definition, ...(lock !== undefined && { lock }) };
      const invocationId = crypto.randomUUID();
      const built = await builder.build(wanted, { signal, onProgress, invocationId });
      const other = { registry: copies, repository: built.repository, digest: built.descriptor.digest };
      const differences = await compareImages(image, other, { names: NAMES, signal });
      return { digest: other.digest, isSame: other.digest === digest, differences };
    } finally {
      await builder.close();
    }
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** The builder's settings, for one image alone: what it stands on is named, and neither its key nor its policy is needed. */
function settingsOf(
  { folder, ...config }: BuilderConfig & { readonly folder: string },
  { runtime, base, facts }: { runtime: BuildDefinition["runtime"]; base: string; facts: ImageFacts },
): BuilderConfig {
  const { ca: _ca, signingKey: _signingKey, policy: _policy, npm, ...rest } = config;
  return {
    ...rest,
    architectures: facts.bases.map(({ architecture }) => architecture),
    bases: { [runtime]: base },
    npm: { ...npm, ...(npm.ca !== undefined && { ca: resolve(folder, npm.ca) }) },
  };
}
