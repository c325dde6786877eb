import type { DeployedName } from "../../../mesh/deployment.ts";
import { kubernetesName } from "./kubernetes-name.ts";
import type { SettledKnative } from "./settings.ts";

/** The longest name of a namespace, which is also a part of a host name. */
const MAX_LENGTH = 63;
const PROJECT = "{project}";

/** Where a function is in the cluster. */
export interface Place {
  readonly namespace: string;
  /** The name of its Service. */
  readonly name: string;
}

/** The namespace of a project's functions. */
export function namespaceOf(project: string, { namespace }: Pick<SettledKnative, "namespace">): string {
  const name = namespace.replace(PROJECT, kubernetesName(project));
  return name.length > MAX_LENGTH ? kubernetesName(name) : name;
}

/** Where a function is. In a namespace that projects share, its name holds both: no project's name has a dot. */
export function placeOf({ project, label }: DeployedName, settings: Pick<SettledKnative, "namespace">): Place {
  const isShared = !settings.namespace.includes(PROJECT);
  return {
    namespace: namespaceOf(project, settings),
    name: kubernetesName(isShared ? `${label}.${project}` : label),
  };
}
