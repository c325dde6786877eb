import { type DeployedName, deployedNameSchema } from "../../../mesh/deployment.ts";
import * as v from "valibot";
import { kubernetesName } from "./kubernetes-name.ts";
import type { KubernetesObject } from "./objects.ts";

/** Who applies what we apply, and whose it is. */
export const FIELD_MANAGER = "functions-mesh";

/** What our objects are found by. */
export const LABELS = {
  managedBy: "app.kubernetes.io/managed-by",
  project: "functionsmesh.dev/project",
  network: "functionsmesh.dev/network",
} as const;

/** The names as they are meant: labels of Kubernetes could not hold them. */
export const ANNOTATIONS = {
  project: "functionsmesh.dev/project",
  function: "functionsmesh.dev/function",
  version: "functionsmesh.dev/version",
  attempt: "functionsmesh.dev/attempt",
} as const;

/** Names and values of labels or annotations. */
export type Marks = Readonly<Record<string, string>>;

/** The labels that Kubernetes recommends, those that make `func list` see the function, and ours. */
export function labelsOf(
  { project, label }: DeployedName,
  { version, runtime }: { version: number; runtime: string },
): Marks {
  const name = kubernetesName(label);
  return {
    "app.kubernetes.io/name": name,
    "app.kubernetes.io/instance": name,
    "app.kubernetes.io/version": String(version),
    "app.kubernetes.io/part-of": kubernetesName(project),
    [LABELS.managedBy]: FIELD_MANAGER,
    "boson.dev/function": "true",
    "function.knative.dev/name": name,
    "function.knative.dev/runtime": runtime,
    [LABELS.project]: kubernetesName(project),
  };
}

/** Selects all Services of a project. */
export function projectSelector(project: string): string {
  return `${LABELS.managedBy}=${FIELD_MANAGER},${LABELS.project}=${kubernetesName(project)}`;
}

/** Which function an object belongs to; `undefined` for one that is not ours. */
export function functionOf({ metadata }: KubernetesObject): DeployedName | undefined {
  const { annotations = {} } = metadata;
  const name = { project: annotations[ANNOTATIONS.project], label: annotations[ANNOTATIONS.function] };
  return v.is(deployedNameSchema, name) ? name : undefined;
}

/** Which version a revision is of; `undefined` for one that is not ours. */
export function versionOf({ metadata }: KubernetesObject): number | undefined {
  const version = Number(metadata.annotations?.[ANNOTATIONS.version]);
  return Number.isInteger(version) && version > 0 ? version : undefined;
}
