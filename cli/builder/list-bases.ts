import { loadBase } from "../../builder/base/load-base.ts";
import type { BaseComponent } from "../../builder/build.ts";
import { ARCHITECTURES, type Architecture, type Digest } from "../../builder/oci.ts";
import { BASE_REPOSITORY } from "../../builder/runtime/bun.ts";
import { withConfiguredRegistry } from "./configured-registry.ts";

/** A base in the registry, for one architecture. */
export interface PublishedBase {
  readonly repository: string;
  readonly tag: string;
  readonly architecture: Architecture;
  readonly digest: Digest;
  readonly bytes: number;
  readonly components: readonly BaseComponent[];
}

/** The bases that the registry of a configuration has, by tag. @throws BaseError or RegistryError */
export function listBases(configPath: string, signal: AbortSignal): Promise<readonly PublishedBase[]> {
  return withConfiguredRegistry(configPath, async ({ registry }) => {
    const tags = await registry.tags(BASE_REPOSITORY, { signal });
    const found: PublishedBase[] = [];
    for (const tag of tags.toSorted()) {
      const { images } = await loadBase(registry, BASE_REPOSITORY, tag, { signal });
      for (const architecture of ARCHITECTURES) {
        const image = images[architecture];
        if (image === undefined) continue;
        const { manifest, layers, components } = image;
        const bytes = layers.reduce((sum, { size }) => sum + size, 0);
        found.push({ repository: BASE_REPOSITORY, tag, architecture, digest: manifest.digest, bytes, components });
      }
    }
    return found;
  });
}
