import type { DeployedName } from "../../../mesh/deployment.ts";
import { ANNOTATIONS, type Marks, labelsOf } from "./marks.ts";
import { placeOf } from "./place.ts";
import { type RevisionRequest, revisionTemplate } from "./revision.ts";
import type { SettledKnative } from "./settings.ts";

export const SERVING = "serving.knative.dev/v1";
const VISIBILITY = "networking.knative.dev/visibility";

/** Where calls go: a revision, and how many percent of them. */
export interface TrafficTarget {
  readonly revisionName: string;
  readonly percent: number;
  /** Gives the version an address of its own. */
  readonly tag: string;
}

/** A Knative Service, as it is applied. */
export interface ServiceManifest {
  readonly apiVersion: typeof SERVING;
  readonly kind: "Service";
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels: Marks;
    readonly annotations: Marks;
  };
  readonly spec: {
    readonly template: ReturnType<typeof revisionTemplate>;
    readonly traffic: readonly TrafficTarget[];
  };
}

/** The Service of a function with the revision that is wanted, without a word on where calls go. */
export function serviceOf(
  deployment: RevisionRequest["deployment"],
  settings: SettledKnative,
  attempt = 1,
): Omit<ServiceManifest, "spec"> & { readonly spec: Pick<ServiceManifest["spec"], "template"> } {
  const { namespace, name } = placeOf(deployment, settings);
  return {
    apiVersion: SERVING,
    kind: "Service",
    metadata: {
      name,
      namespace,
      labels: {
        ...labelsOf(deployment, deployment),
        ...(settings.visibility === "cluster-local" && { [VISIBILITY]: "cluster-local" }),
      },
      annotations: annotationsOf(deployment),
    },
    spec: { template: revisionTemplate({ deployment, settings, service: name, attempt }) },
  };
}

/** A share of the calls for a version's revision. */
export function trafficTarget(version: string | number, revisionName: string, percent: number): TrafficTarget {
  return { revisionName, percent, tag: `v${version}` };
}

function annotationsOf({ project, label }: DeployedName): Marks {
  return { [ANNOTATIONS.project]: project, [ANNOTATIONS.function]: label };
}
