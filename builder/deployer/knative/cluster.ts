import type { KubernetesObject } from "./objects.ts";

/** A kind of object. */
export interface Kind {
  readonly apiVersion: string;
  readonly kind: string;
  /** As it stands in paths. */
  readonly plural: string;
}

export const SERVICES: Kind = { apiVersion: "serving.knative.dev/v1", kind: "Service", plural: "services" };
export const REVISIONS: Kind = { apiVersion: "serving.knative.dev/v1", kind: "Revision", plural: "revisions" };
export const PODS: Kind = { apiVersion: "v1", kind: "Pod", plural: "pods" };
export const EVENTS: Kind = { apiVersion: "v1", kind: "Event", plural: "events" };
export const SECRETS: Kind = { apiVersion: "v1", kind: "Secret", plural: "secrets" };
export const NAMESPACES: Kind = { apiVersion: "v1", kind: "Namespace", plural: "namespaces" };
export const NETWORK_POLICIES: Kind = {
  apiVersion: "networking.k8s.io/v1",
  kind: "NetworkPolicy",
  plural: "networkpolicies",
};

/** Where objects are, and which of them are meant. */
export interface Scope {
  /** Without it those of the whole cluster. */
  readonly namespace?: string | undefined;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
}

/** One object. */
export interface ObjectName {
  readonly namespace?: string | undefined;
  readonly name: string;
}

export interface Signalled {
  readonly signal: AbortSignal;
}

/** What happens to objects that are watched; `synced` when all that there are were told. */
export type Change<T> =
  | { readonly type: "put" | "gone"; readonly object: T }
  /** All that there are, at once: those that were told before and are not among them are gone. */
  | { readonly type: "synced"; readonly objects: readonly T[] };

/** A line of a container's log. */
export interface LogLine {
  /** RFC 3339. */
  readonly at: string;
  readonly text: string;
}

/** A cluster, as far as functions need one. All of it throws DeployError. */
export interface Cluster {
  /** `undefined` for what is not there. */
  get<T extends KubernetesObject>(kind: Kind, name: ObjectName, call: Signalled): Promise<T | undefined>;
  list<T extends KubernetesObject>(kind: Kind, scope: Scope, call: Signalled): Promise<readonly T[]>;
  /** Server-side apply in our name, strictly: what nobody knows is refused, and what another manages is a conflict. */
  apply<T extends KubernetesObject>(kind: Kind, manifest: T, call: Signalled): Promise<T>;
  /** In the foreground: it is gone when all that belongs to it is. Does nothing for what is not there. */
  delete(kind: Kind, name: ObjectName, call: Signalled): Promise<void>;
  /** Ends with the signal only. */
  watch<T extends KubernetesObject>(kind: Kind, scope: Scope, call: Signalled): AsyncIterable<Change<T>>;
  logs(
    pod: { readonly namespace: string; readonly name: string; readonly container: string },
    call: Signalled & { readonly lines: number; readonly follow: boolean },
  ): AsyncIterable<LogLine>;
}
