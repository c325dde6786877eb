import type { Deployment } from "../../../mesh/deployment.ts";
import { DeployError } from "../deploy-error.ts";
import type { SettledKnative } from "./settings.ts";

const DIGEST = /^sha256:[0-9a-f]{64}$/;
const LAYOUT = "oci-layout:";

/**
 * What the cluster pulls: the image by its digest.
 * @throws DeployError `image_unavailable` for an image that no cluster can pull.
 */
export function imageOf({ label, image }: Deployment, { registry }: Pick<SettledKnative, "registry">): string {
  const { reference, repository, digest } = image;
  if (!DIGEST.test(digest)) {
    throw new DeployError("image_unavailable", `"${digest}" is no digest of the image of "${label}"; build it again`);
  }
  if (registry !== undefined) return `${registry.replace(/\/$/, "")}/${repository}@${digest}`;
  if (reference.startsWith(LAYOUT) || !reference.endsWith(`@${digest}`)) {
    const advice = "publish images to a registry that the cluster reaches (builder.registry) and build it again";
    throw new DeployError("image_unavailable", `the image of "${label}" is in no registry: "${reference}"; ${advice}`);
  }
  return reference;
}
