import { openImage, type PlatformImage } from "../../builder/attest/compare/image-parts.ts";
import type { ImageSource } from "../../builder/attest/image-source.ts";
import { isDigest } from "../../builder/registry/names.ts";
import { RegistryError } from "../../builder/registry/registry-error.ts";
import { ARCHITECTURES } from "../../builder/oci.ts";
import type { StoodOn } from "./copy-base.ts";

/** What an image says of how it was made. */
export interface ImageFacts {
  /** The function's label, as the builder was told. */
  readonly title: string | undefined;
  /** What it stands on, for each architecture. */
  readonly bases: readonly StoodOn[];
}

const PREFIX = "org.opencontainers.image";

/** Reads what an image says of itself. @throws RegistryError when that cannot be read */
export async function readImageFacts(source: ImageSource, signal: AbortSignal): Promise<ImageFacts> {
  const images = await platformsOf(source, signal);
  const title = images[0]?.manifest.annotations?.[`${PREFIX}.title`];
  return { title, bases: images.map(baseOf) };
}

async function platformsOf(source: ImageSource, signal: AbortSignal): Promise<readonly PlatformImage[]> {
  const opened = await openImage(source, { signal });
  if ("image" in opened) return [opened.image];
  const digests = [...opened.index.platforms.values()];
  return (await Promise.all(digests.map((digest) => platformsOf({ ...source, digest }, signal)))).flat();
}

function baseOf({ manifest: { annotations = {} }, config, source }: PlatformImage): StoodOn {
  const repository = annotations[`${PREFIX}.base.name`];
  const digest = annotations[`${PREFIX}.base.digest`];
  const architecture = ARCHITECTURES.find((name) => name === config["architecture"]);
  if (repository !== undefined && digest !== undefined && isDigest(digest) && architecture !== undefined) {
    return { repository, digest, architecture };
  }
  const reference = source.registry.reference(source.repository, source.digest);
  throw new RegistryError("refused", `"${reference}" does not tell what it stands on; it is of another builder`);
}
