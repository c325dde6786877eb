import type { Deployment, DeployStep } from "../../../mesh/deployment.ts";
import type { Traffic } from "../../../mesh/function.ts";
import type { DeployCall } from "../../deployer.ts";
import { stepsOf } from "../../steps.ts";
import { type Waiting, awaitGone, awaitRevision, awaitRoutes } from "./await-ready.ts";
import { type Cluster, SERVICES } from "./cluster.ts";
import { stateOf } from "./conditions.ts";
import { revisionsByVersion } from "./describe.ts";
import type { LiveFunction, LiveFunctions } from "./live-functions.ts";
import { prepareNamespace } from "./namespace.ts";
import type { KnativeService, LiveTarget } from "./objects.ts";
import { placeOf } from "./place.ts";
import { serviceOf } from "./service-manifest.ts";
import type { SettledKnative } from "./settings.ts";
import { areSame, presentTargets, targetsFor } from "./traffic-targets.ts";

interface Parts {
  readonly cluster: Cluster;
  readonly functions: LiveFunctions;
  readonly settings: SettledKnative;
}

/** Has a version run, and then sends calls where its traffic says; those before it go on until then. */
export async function deploy(deployment: Deployment, call: DeployCall, { cluster, functions, settings }: Parts) {
  const { signal, onProgress } = call;
  const place = placeOf(deployment, settings);
  const step = stepsOf<DeployStep>((progress) => onProgress?.(progress));
  const onNews = (text: string): void => onProgress?.({ step: "wait", log: text });
  const waiting = { cluster, functions, deployment, place, signal, onNews };

  const { revision, targets, applyWith } = await step("apply", async () => {
    const live = await stayingFunction(waiting);
    const manifest = manifestFor(deployment, settings, live);
    const { name } = manifest.spec.template.metadata;
    const wanted = targetsOf(deployment, name, live);
    const apply = (traffic: readonly LiveTarget[]): Promise<KnativeService> =>
      cluster.apply<KnativeService>(SERVICES, { ...manifest, spec: { ...manifest.spec, traffic } }, { signal });
    const onPolicy = (text: string): void => onProgress?.({ step: "apply", log: text });
    await prepareNamespace(place.namespace, { cluster, settings, signal, onNews: onPolicy });
    await apply(live === undefined ? wanted : presentTargets(live.service));
    return { revision: name, targets: wanted, applyWith: apply, note: `revision ${name}` };
  });

  await step("wait", async () => {
    await awaitRevision(revision, { ...waiting, seconds: settings.progressDeadlineSeconds });
    return {};
  });

  await step("traffic", async () => {
    await awaitRoutes(deployment.label, await applyWith(targets), waiting);
    return {};
  });
}

/** The function as it is, unless it is being removed: that is waited for. */
async function stayingFunction({ cluster, functions, deployment, place, signal }: Omit<Waiting, "seconds">) {
  const live = await functions.find(deployment, { signal });
  if (live?.service.metadata.deletionTimestamp === undefined) return live;
  await awaitGone(live.service, { cluster, place, signal });
  return undefined;
}

/** A revision that has failed is not tried again by Knative: the same content gets another one. */
function manifestFor(deployment: Deployment, settings: SettledKnative, live: LiveFunction | undefined) {
  for (let attempt = 1; ; attempt += 1) {
    const manifest = serviceOf(deployment, settings, attempt);
    const { name } = manifest.spec.template.metadata;
    const present = live?.revisions.find(({ metadata }) => metadata.name === name);
    if (present === undefined) return manifest;
    if (present.metadata.deletionTimestamp === undefined && stateOf(present).state !== "failed") return manifest;
  }
}

function targetsOf({ traffic, label, version }: Deployment, revision: string, live: LiveFunction | undefined) {
  const others = revisionsByVersion(live?.revisions ?? [], live?.service.spec.traffic ?? []);
  const revisionOf = (wanted: number): string | undefined =>
    wanted === version ? revision : others.get(wanted)?.metadata.name;
  return targetsFor(traffic, { label, revisionOf });
}

/** Where calls would have to go for a function's traffic to be so; `undefined` when they do already. */
export function changedTargets(
  label: string,
  traffic: Traffic,
  { service, revisions }: LiveFunction,
): readonly LiveTarget[] | undefined {
  const present = presentTargets(service);
  const known = revisionsByVersion(revisions, present);
  const targets = targetsFor(traffic, { label, revisionOf: (version) => known.get(version)?.metadata.name });
  return areSame(targets, present) ? undefined : targets;
}
