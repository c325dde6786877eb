import type { Traffic } from "../../../mesh/function.ts";
import { DeployError } from "../deploy-error.ts";
import type { KnativeService, LiveTarget } from "./objects.ts";
import { type TrafficTarget, trafficTarget } from "./service-manifest.ts";

/**
 * Which revisions calls are to go to.
 * @throws DeployError `not_found` naming a version that has no revision.
 */
export function targetsFor(
  traffic: Traffic,
  { label, revisionOf }: { readonly label: string; readonly revisionOf: (version: number) => string | undefined },
): readonly TrafficTarget[] {
  return Object.entries(traffic)
    .filter(([, percent]) => percent > 0)
    .map(([version, percent]) => {
      const revision = revisionOf(Number(version));
      if (revision !== undefined) return trafficTarget(version, revision, percent);
      throw new DeployError("not_found", `version ${version} of "${label}" is not deployed; deploy it, also once more`);
    });
}

/** Where calls go at present, as it would be applied again. */
export function presentTargets({ spec }: KnativeService): readonly LiveTarget[] {
  return (spec.traffic ?? []).map(({ revisionName, percent, tag, ...more }) => ({
    ...(revisionName === undefined ? more : { revisionName }),
    ...(percent !== undefined && { percent }),
    ...(tag !== undefined && { tag }),
  }));
}

/** Whether two say the same, in whatever order. */
export function areSame(some: readonly LiveTarget[], others: readonly LiveTarget[]): boolean {
  const text = (targets: readonly LiveTarget[]): string =>
    JSON.stringify(
      targets.map(({ revisionName, percent = 0, tag }) => [revisionName, percent, tag].join(" ")).toSorted(),
    );
  return text(some) === text(others);
}
