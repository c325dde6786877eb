import * as v from "valibot";
import { MEDIA_TYPES, type Descriptor, type Digest, type Manifest } from "../../oci.ts";
import type { CallOptions } from "../../registry.ts";
import { RegistryError } from "../../registry/registry-error.ts";
import { descriptorSchema, parseManifest, readBlob } from "../artifact.ts";
import type { ImageSource } from "../image-source.ts";
import { parseJson } from "../json.ts";

/** An image of one architecture, opened. */
export interface PlatformImage {
  readonly source: ImageSource;
  readonly manifest: Manifest;
  /** The config, as JSON has it. */
  readonly config: Readonly<Record<string, unknown>>;
  /** What the layers hold, in order: digests of their tar archives. */
  readonly diffIds: readonly string[];
}

/** The manifests that an index names, by platform. */
export interface OpenedIndex {
  readonly annotations: Readonly<Record<string, string>>;
  readonly platforms: ReadonlyMap<string, Digest>;
}

export type OpenedImage = { readonly image: PlatformImage } | { readonly index: OpenedIndex };

const indexSchema = v.object({
  mediaType: v.literal(MEDIA_TYPES.index),
  manifests: v.array(
    v.object({
      ...descriptorSchema.entries,
      platform: v.optional(v.object({ os: v.string(), architecture: v.string(), variant: v.optional(v.string()) })),
    }),
  ),
  annotations: v.optional(v.record(v.string(), v.string()), {}),
});

const rootFilesSchema = v.looseObject({ rootfs: v.object({ diff_ids: v.array(v.string()) }) });

/** @throws RegistryError `not_found`; `refused` for what is no image */
export async function openImage(source: ImageSource, options: CallOptions): Promise<OpenedImage> {
  const { registry, repository, digest } = source;
  const stored = await registry.getManifest(repository, digest, options);
  const reference = registry.reference(repository, digest);
  if (stored === undefined) throw new RegistryError("not_found", `there is no image "${reference}"`);
  const index = v.safeParse(indexSchema, parseJson(stored.bytes));
  if (index.success) return { index: openIndex(index.output) };
  const manifest = parseManifest(stored.bytes);
  if (manifest === undefined) throw new RegistryError("refused", `"${reference}" is no image`);
  const config = await readBlob(registry, repository, manifest.config, options);
  if ("why" in config) throw new RegistryError("refused", `the config of "${reference}" cannot be read: ${config.why}`);
  const parsed = v.safeParse(rootFilesSchema, parseJson(config.bytes));
  if (!parsed.success) throw new RegistryError("refused", `the config of "${reference}" names no layers`);
  return { image: { source, manifest, config: parsed.output, diffIds: parsed.output.rootfs.diff_ids } };
}

function openIndex({ annotations, manifests }: v.InferOutput<typeof indexSchema>): OpenedIndex {
  const named = manifests.map((manifest): [string, Digest] => [platformName(manifest), manifest.digest]);
  return { annotations, platforms: new Map(named) };
}

function platformName({ platform }: Pick<v.InferOutput<typeof indexSchema>["manifests"][number], "platform">): string {
  if (platform === undefined) return "no platform";
  return [platform.os, platform.architecture, platform.variant].filter((part) => part !== undefined).join("/");
}

/** A layer with what its files are known by. */
export interface Layer {
  readonly descriptor: Descriptor;
  readonly diffId: string;
}

/** @throws RegistryError `refused` when config and manifest disagree about the layers */
export function layersOf({ manifest, diffIds, source }: PlatformImage): readonly Layer[] {
  if (manifest.layers.length !== diffIds.length) {
    const reference = source.registry.reference(source.repository, source.digest);
    throw new RegistryError(
      "refused",
      `"${reference}" has ${manifest.layers.length} layers, its config ${diffIds.length}`,
    );
  }
  return manifest.layers.map((descriptor, index) => ({ descriptor, diffId: diffIds[index] ?? "" }));
}
