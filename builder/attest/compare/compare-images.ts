import type { CallOptions } from "../../registry.ts";
import type { ImageSource } from "../image-source.ts";
import { compareLayers } from "./compare-layers.ts";
import { compareMembers, type Names } from "./compare-members.ts";
import { openImage, type OpenedIndex, type PlatformImage } from "./image-parts.ts";

export interface CompareOptions extends CallOptions {
  /** What the two are called in what is told. Default: "the first" and "the second". */
  readonly names?: Names;
}

/**
 * Says in words how two images differ, down to the files in their layers; nothing when they are the same.
 * @throws RegistryError when one of them cannot be read
 */
export async function compareImages(
  one: ImageSource,
  other: ImageSource,
  options: CompareOptions = {},
): Promise<readonly string[]> {
  if (one.digest === other.digest) return [];
  const names = options.names ?? (["the first", "the second"] as const);
  const opened = await Promise.all([openImage(one, options), openImage(other, options)]);
  const [left, right] = opened;
  if ("image" in left && "image" in right) {
    return told(await comparePlatform([left.image, right.image], names, options));
  }
  if ("index" in left && "index" in right) {
    return told(await compareIndexes([left.index, right.index], [one, other], { ...options, names }));
  }
  const [several, single] = "index" in left ? names : [names[1], names[0]];
  return [`${several} is for several architectures, ${single} for one`];
}

/** What has another digest differs somewhere, be it in the order of members. */
function told(differences: readonly string[]): readonly string[] {
  return differences.length > 0 ? differences : ["both say the same, in JSON that is written in another way"];
}

async function comparePlatform(
  images: readonly [PlatformImage, PlatformImage],
  names: Names,
  options: CallOptions,
): Promise<readonly string[]> {
  const [one, other] = images;
  const { rootfs: _one, ...config } = one.config;
  const { rootfs: _other, ...otherConfig } = other.config;
  return [
    ...compareMembers(one.manifest.annotations ?? {}, other.manifest.annotations ?? {}, names).map(
      (difference) => `annotation ${difference}`,
    ),
    ...compareMembers(config, otherConfig, names).map((difference) => `config: ${difference}`),
    ...(await compareLayers(images, names, options)),
  ];
}

async function compareIndexes(
  [one, other]: readonly [OpenedIndex, OpenedIndex],
  [source, otherSource]: readonly [ImageSource, ImageSource],
  options: CompareOptions & { readonly names: Names },
): Promise<readonly string[]> {
  const { names } = options;
  const differences = compareMembers(one.annotations, other.annotations, names).map(
    (difference) => `annotation ${difference}`,
  );
  for (const platform of [...new Set([...one.platforms.keys(), ...other.platforms.keys()])].sort()) {
    const [digest, otherDigest] = [one.platforms.get(platform), other.platforms.get(platform)];
    if (digest === undefined || otherDigest === undefined) {
      differences.push(`${platform} is in ${digest === undefined ? names[1] : names[0]} only`);
      continue;
    }
    const found = await compareImages({ ...source, digest }, { ...otherSource, digest: otherDigest }, options);
    differences.push(...found.map((difference) => `${platform}: ${difference}`));
  }
  return differences;
}
