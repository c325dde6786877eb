import type { Verdict } from "../../builder/attest/verdict.ts";
import { verifyImage } from "../../builder/attest/verify-image.ts";
import type { BuildDefinition, BuildProgress } from "../../builder/build.ts";
import { checkDigest } from "../../builder/registry/names.ts";
import type { BuiltImage } from "../../mesh/job.ts";
import { type GivenPolicy, choosePolicy } from "./choose-policy.ts";
import { withConfiguredRegistry } from "./configured-registry.ts";
import { type Rebuilt, rebuild } from "./rebuild.ts";

export interface VerifyBuiltOptions extends GivenPolicy {
  /** What it is built from again, to see whether the same comes out. */
  readonly definition: BuildDefinition | undefined;
  readonly onProgress: (progress: BuildProgress) => void;
  readonly signal: AbortSignal;
}

/** What is known of an image that was looked at. */
export interface VerifiedImage extends Verdict {
  /** When it was built again. */
  readonly rebuilt?: Rebuilt;
}

/**
 * Looks whether a function's image in the registry of a configuration is what it should be.
 * @throws Failure for a policy or key that cannot be read; BuildError, BaseError, ImageError or RegistryError
 */
export function verifyBuilt(
  configPath: string,
  { repository, digest }: BuiltImage,
  { definition, signal, onProgress, ...given }: VerifyBuiltOptions,
): Promise<VerifiedImage> {
  return withConfiguredRegistry(configPath, async ({ registry, ...place }) => {
    checkDigest(digest);
    const policy = await choosePolicy(place, given);
    const verdict = await verifyImage(registry, repository, digest, policy, { signal });
    const isThere = verdict.refusals.every(({ rule }) => rule !== "image");
    if (definition === undefined || !isThere) return verdict;
    const image = { registry, repository, digest };
    return { ...verdict, rebuilt: await rebuild(image, definition, { ...place, onProgress, signal }) };
  });
}
