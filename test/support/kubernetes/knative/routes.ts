import { type Fields, type KubeObject, listOf } from "../objects.ts";
import { REVISIONS } from "../resources.ts";
import type { Store } from "../store.ts";
import { type Condition, hasFailed, isFalse, isReady, isTrue, isUnknown } from "./conditions.ts";

/** Where a route sends calls, or why it cannot. */
export interface Assignment {
  readonly condition: Condition;
  readonly traffic?: readonly Fields[];
}

export interface AssignmentOptions {
  readonly store: Store;
  readonly configuration: KubeObject;
  readonly url: URL;
}

/** Looks up what the targets of a service's traffic mean: every one of them has to be ready, also one of no percent. */
export function assignTraffic(service: KubeObject, { store, configuration, url }: AssignmentOptions): Assignment {
  const { namespace } = service.metadata;
  const traffic: Fields[] = [];
  for (const target of listOf(service.spec?.["traffic"])) {
    const given = target["revisionName"];
    const latest = configuration.status?.["latestReadyRevisionName"];
    const name = typeof given === "string" ? given : latest;
    const revision = typeof name === "string" ? store.get(REVISIONS, namespace, name) : undefined;
    const problem = typeof given === "string" ? revisionProblem(given, revision) : latestProblem(configuration);
    if (problem !== undefined) return { condition: problem };
    const { tag } = target;
    const tagged = typeof tag === "string" ? { tag, url: `${url.protocol}//${tag}-${url.host}` } : {};
    traffic.push({ ...target, revisionName: name, latestRevision: given === undefined, ...tagged });
  }
  return { condition: isTrue("AllTrafficAssigned"), traffic };
}

function revisionProblem(name: string, revision: KubeObject | undefined): Condition | undefined {
  const type = "AllTrafficAssigned";
  if (revision === undefined) {
    return isFalse(type, "RevisionMissing", `Revision "${name}" referenced in traffic not found.`);
  }
  if (hasFailed(revision)) return isFalse(type, "RevisionMissing", `Revision "${name}" failed to become ready.`);
  return isReady(revision) ? undefined : isUnknown(type, "RevisionMissing", `Revision "${name}" is not yet ready.`);
}

function latestProblem(configuration: KubeObject): Condition | undefined {
  const { name } = configuration.metadata;
  const type = "AllTrafficAssigned";
  if (configuration.status?.["latestReadyRevisionName"] !== undefined) return undefined;
  return hasFailed(configuration)
    ? isFalse(type, "RevisionMissing", `Configuration "${name}" does not have any ready Revision.`)
    : isUnknown(type, "RevisionMissing", `Configuration "${name}" is waiting for a Revision to become ready.`);
}

/** Where a service is called; a service of the cluster's own network is reached in there only. */
export function addressOf({ metadata: { name, namespace = "", labels } }: KubeObject): URL {
  const isLocal = labels?.["networking.knative.dev/visibility"] === "cluster-local";
  return new URL(`http://${name}.${namespace}.${isLocal ? "svc.cluster.local" : "example.com"}`);
}
