import type { Deployment } from "../../../mesh/deployment.ts";
import { namespaceManifest, networkPolicyManifest } from "./namespace.ts";
import { namespaceOf } from "./place.ts";
import { serviceOf } from "./service-manifest.ts";
import { type KnativeSettings, settled } from "./settings.ts";
import { targetsFor } from "./traffic-targets.ts";

/**
 * What would be applied to have a version deployed, in this order: its namespace, what that allows, and its Service, as it is in the
 * end. The same as a deployer applies, for whoever lets a repository decide what runs.
 *
 * @param others the other versions that its traffic names
 * @throws DeployError `invalid` or `image_unavailable` as deploying would, `not_found` for a version that is not among the others
 * @throws TypeError for settings that cannot be meant
 */
export function planFor(deployment: Deployment, settings: KnativeSettings, others: readonly Deployment[] = []) {
  const given = settled(settings);
  const service = serviceOf(deployment, given);
  const revisions = new Map(
    [...others, deployment].map((each) => [each.version, serviceOf(each, given).spec.template.metadata.name]),
  );
  const revisionOf = (version: number): string | undefined => revisions.get(version);
  const traffic = targetsFor(deployment.traffic, { label: deployment.label, revisionOf });
  const namespace = namespaceOf(deployment.project, given);
  return [
    namespaceManifest(namespace),
    networkPolicyManifest(namespace, given),
    { ...service, spec: { ...service.spec, traffic } },
  ] as const;
}
