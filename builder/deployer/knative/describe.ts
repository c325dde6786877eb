import type { Condition, DeployedFunction, DeployedName, DeployedVersion } from "../../../mesh/deployment.ts";
import type { Traffic } from "../../../mesh/function.ts";
import { stateOf } from "./conditions.ts";
import { ANNOTATIONS, versionOf } from "./marks.ts";
import type { KnativeRevision, KnativeService, LiveTarget } from "./objects.ts";

/** A function as the cluster has it. */
export function describe(
  { project, label }: DeployedName,
  service: KnativeService,
  revisions: readonly KnativeRevision[],
): DeployedFunction {
  const targets = service.status?.traffic ?? service.spec.traffic ?? [];
  const traffic = trafficOf(targets, revisions);
  const versions = versionsOf(revisions, targets);
  const { url } = service.status ?? {};
  return {
    ...{ project, label, home: "knative", traffic, versions },
    ...conditionOf(service, { traffic, versions }),
    ...(url !== undefined && { url }),
  };
}

/** The revision that stands for each version: one that gets calls, or the newest. */
export function revisionsByVersion(
  revisions: readonly KnativeRevision[],
  targets: readonly LiveTarget[],
): ReadonlyMap<number, KnativeRevision> {
  const called = new Set(targets.filter(({ percent = 0 }) => percent > 0).map(({ revisionName }) => revisionName));
  const byAge = [...revisions]
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .toSorted((a, b) => age(a).localeCompare(age(b)))
    .toSorted((a, b) => Number(called.has(a.metadata.name)) - Number(called.has(b.metadata.name)));
  const found = new Map<number, KnativeRevision>();
  for (const revision of byAge) {
    const version = versionOf(revision);
    if (version !== undefined) found.set(version, revision);
  }
  return found;
}

function versionsOf(revisions: readonly KnativeRevision[], targets: readonly LiveTarget[]): readonly DeployedVersion[] {
  return [...revisionsByVersion(revisions, targets)]
    .toSorted(([a], [b]) => b - a)
    .map(([version, revision]) => {
      const instances = revision.status?.actualReplicas;
      return {
        version,
        image: revision.spec.containers[0]?.image ?? "",
        revision: revision.metadata.name,
        ...stateOf(revision),
        ...(instances !== undefined && { instances }),
      };
    });
}

function trafficOf(targets: readonly LiveTarget[], revisions: readonly KnativeRevision[]): Traffic {
  const shares: Record<string, number> = {};
  for (const { revisionName, percent = 0 } of targets) {
    const revision = revisions.find(({ metadata }) => metadata.name === revisionName);
    const version = revision && versionOf(revision);
    if (version !== undefined && percent > 0) shares[version] = (shares[version] ?? 0) + percent;
  }
  return shares;
}

/** A function runs when those of its versions do that get calls, whatever has become of another. */
function conditionOf(
  service: KnativeService,
  { traffic, versions }: Pick<DeployedFunction, "traffic" | "versions">,
): Condition {
  if (service.metadata.deletionTimestamp !== undefined) return { state: "progressing", reason: "Removing" };
  const failed = versions.find(({ version, state }) => state === "failed" && (traffic[version] ?? 0) > 0);
  if (failed !== undefined) return told(failed);
  const routes = stateOf(service, "RoutesReady");
  const [newest] = versions;
  return routes.state !== "ready" && newest?.state === "failed" ? told(newest) : routes;
}

function told({ state, reason, message }: Condition): Condition {
  return { state, ...(reason !== undefined && { reason }), ...(message !== undefined && { message }) };
}

/** Time has seconds here; of two attempts within one the later is the newer. */
function age({ metadata }: KnativeRevision): string {
  const attempt = metadata.annotations?.[ANNOTATIONS.attempt] ?? "1";
  return `${metadata.creationTimestamp ?? ""} ${attempt.padStart(4, "0")}`;
}
