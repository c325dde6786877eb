import type { BuiltBase } from "../../builder/base/built-base.ts";
import { publishBase, tagOf } from "../../builder/base/publish-base.ts";
import type { Runtime } from "../../builder/base/runtime-files.ts";
import type { BaseComponent } from "../../builder/build.ts";
import type { Architecture, Digest } from "../../builder/oci.ts";
import { BASE_REPOSITORY } from "../../builder/runtime/bun.ts";
import type { BaseSource } from "./base-sources.ts";
import { baseCache, withConfiguredRegistry } from "./configured-registry.ts";
import { type MadeBase, makeBase } from "./made-base.ts";

/** What `fmesh base build` made, for programs. */
export interface BaseDocument {
  readonly runtime: Runtime;
  readonly repository: string;
  readonly tag: string;
  /** By digest, when it was published. */
  readonly reference?: string;
  /** Bytes that went to the registry. */
  readonly sentBytes?: number;
  readonly architectures: readonly MadeDocument[];
}

/** The base of one architecture, for programs. */
export interface MadeDocument {
  readonly architecture: Architecture;
  readonly digest: Digest;
  readonly layers: readonly { readonly note: string; readonly digest: Digest; readonly bytes: number }[];
  readonly components: readonly BaseComponent[];
  readonly durationMs: number;
  /** It was made before. */
  readonly wasThere: boolean;
}

export interface BuildBasesOptions {
  readonly runtime: Runtime;
  readonly sources: readonly BaseSource[];
  /** Default: one that tells runtime, version and content. */
  readonly tag: string | undefined;
  /** Whether it goes to the registry of the configuration. */
  readonly isPublished: boolean;
  readonly signal: AbortSignal;
  /** The base of an architecture is made. */
  readonly onMade: (made: MadeDocument) => void;
}

/** Makes a base for one or several architectures, and publishes it where that is wanted. @throws BaseError or RegistryError */
export function buildBases(configPath: string, options: BuildBasesOptions): Promise<BaseDocument> {
  const { runtime, sources, tag: wanted, isPublished, signal, onMade } = options;
  return withConfiguredRegistry(configPath, async ({ registry, folder }) => {
    const bases: BuiltBase[] = [];
    const architectures: MadeDocument[] = [];
    for (const source of sources) {
      const made = await makeBase(source, { runtime, cacheFolder: baseCache(folder), signal });
      const described = describe(made);
      bases.push(made.base);
      architectures.push(described);
      onMade(described);
    }
    const tag = wanted ?? tagOf(bases);
    const document = { runtime, repository: BASE_REPOSITORY, tag, architectures };
    if (!isPublished) return document;
    let sentBytes = 0;
    await publishBase(registry, BASE_REPOSITORY, bases, { tag, signal, onProgress: ({ sent }) => (sentBytes += sent) });
    const published = await registry.getManifest(BASE_REPOSITORY, tag, { signal });
    if (published === undefined) throw new Error(`the registry took "${BASE_REPOSITORY}:${tag}", and does not have it`);
    return { ...document, reference: registry.reference(BASE_REPOSITORY, published.digest), sentBytes };
  });
}

function describe({ base, durationMs }: MadeBase): MadeDocument {
  const { architecture, layers, manifest, image, wasThere } = base;
  return {
    ...{ architecture, digest: manifest.descriptor.digest },
    layers: layers.map(({ note, descriptor }) => ({ note, digest: descriptor.digest, bytes: descriptor.size })),
    ...{ components: image.components, durationMs: Math.round(durationMs), wasThere },
  };
}
