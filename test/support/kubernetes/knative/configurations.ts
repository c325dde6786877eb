import { type Fields, fieldsOf, isSame, type KubeObject, ownedBy, textOf } from "../objects.ts";
import { CONFIGURATIONS, REVISIONS } from "../resources.ts";
import type { Store } from "../store.ts";
import {
  type Condition,
  conditionOf,
  hasFailed,
  isFalse,
  isReady,
  isTrue,
  isUnknown,
  labelsOf,
  stamped,
} from "./conditions.ts";

/** Makes a service's configuration and the revision of its template. */
export function makeConfiguration(store: Store, service: KubeObject): KubeObject {
  const { name, namespace } = service.metadata;
  const present = store.get(CONFIGURATIONS, namespace, name);
  const configuration = store.put(CONFIGURATIONS, {
    apiVersion: service.apiVersion,
    kind: "Configuration",
    metadata: {
      ...present?.metadata,
      name,
      ...(namespace !== undefined && { namespace }),
      labels: { ...service.metadata.labels, "serving.knative.dev/service": name },
      ownerReferences: [ownedBy(service)],
    },
    spec: { template: fieldsOf(service.spec, "template") },
    ...(present?.status !== undefined && { status: present.status }),
  });
  const created = revisionNameOf(configuration);
  const revision = store.get(REVISIONS, namespace, created);
  if (revision === undefined) store.put(REVISIONS, newRevision(configuration, created));
  return reportConfiguration(store, configuration);
}

/** Brings a configuration's status in line with its revision. */
export function reportConfiguration(store: Store, configuration: KubeObject): KubeObject {
  const { namespace, generation } = configuration.metadata;
  const name = revisionNameOf(configuration);
  const revision = store.get(REVISIONS, namespace, name);
  const ready = readiness(configuration, revision);
  return store.put(CONFIGURATIONS, {
    ...configuration,
    status: {
      ...configuration.status,
      observedGeneration: generation,
      conditions: stamped(configuration, [ready]),
      latestCreatedRevisionName: name,
      ...(ready.status === "True" && { latestReadyRevisionName: name }),
    },
  });
}

function readiness(configuration: KubeObject, revision: KubeObject | undefined): Condition {
  const { name = "" } = revision?.metadata ?? {};
  const template = fieldsOf(configuration.spec, "template");
  if (revision !== undefined && !isSame(revision.spec, template["spec"])) {
    const exists = `revisions.serving.knative.dev "${name}" already exists`;
    return isFalse("Ready", "RevisionFailed", `Revision creation failed with message: ${exists}.`);
  }
  if (isReady(revision)) return isTrue("Ready");
  if (!hasFailed(revision)) return isUnknown("Ready");
  const message = textOf(conditionOf(revision, "Ready")?.["message"]);
  return isFalse("Ready", "RevisionFailed", `Revision "${name}" failed with message: ${message}.`);
}

function newRevision(configuration: KubeObject, name: string): KubeObject {
  const { metadata, spec, apiVersion } = configuration;
  const template = fieldsOf(spec, "template");
  const service = metadata.name;
  return {
    apiVersion,
    kind: "Revision",
    metadata: {
      name,
      ...(metadata.namespace !== undefined && { namespace: metadata.namespace }),
      labels: {
        ...labelsOf(template),
        "serving.knative.dev/service": service,
        "serving.knative.dev/configuration": service,
        "serving.knative.dev/configurationGeneration": String(metadata.generation),
      },
      annotations: fieldsOf(template, "metadata", "annotations") as Record<string, string>,
      ownerReferences: [ownedBy(configuration)],
    },
    spec: template["spec"] as Fields,
  };
}

function revisionNameOf({ metadata, spec }: KubeObject): string {
  const given = fieldsOf(spec, "template", "metadata")["name"];
  return typeof given === "string" ? given : `${metadata.name}-${String(metadata.generation).padStart(5, "0")}`;
}
