/** An object of Kubernetes, as far as anything is read of it. */
export interface KubernetesObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly generation?: number;
    readonly resourceVersion?: string;
    readonly creationTimestamp?: string;
    readonly deletionTimestamp?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
}

/** What a controller says of an object. */
export interface ObjectCondition {
  readonly type: string;
  readonly status: "True" | "False" | "Unknown";
  readonly reason?: string;
  readonly message?: string;
}

interface Conditioned extends KubernetesObject {
  readonly status?: {
    readonly observedGeneration?: number;
    readonly conditions?: readonly ObjectCondition[];
  };
}

/** A Configuration of Knative. */
export type KnativeConfiguration = Conditioned;

/** A Service of Knative, as it is in the cluster. */
export interface KnativeService extends Conditioned {
  readonly spec: {
    readonly template: { readonly metadata?: { readonly name?: string } };
    readonly traffic?: readonly LiveTarget[];
  };
  readonly status?: Conditioned["status"] & {
    readonly url?: string;
    readonly traffic?: readonly LiveTarget[];
  };
}

/** Where calls go, as somebody may have written it. */
export interface LiveTarget {
  readonly revisionName?: string;
  readonly percent?: number;
  readonly tag?: string;
}

/** A Revision of Knative. */
export interface KnativeRevision extends Conditioned {
  readonly spec: { readonly containers: readonly { readonly image?: string }[] };
  readonly status?: Conditioned["status"] & { readonly actualReplicas?: number };
}

/** A pod, as far as it tells why its function does not run. */
export interface Pod extends KubernetesObject {
  readonly status?: {
    readonly phase?: string;
    readonly conditions?: readonly ObjectCondition[];
    readonly containerStatuses?: readonly ContainerStatus[];
  };
}

export interface ContainerStatus {
  readonly name: string;
  readonly ready?: boolean;
  readonly restartCount?: number;
  readonly state?: ContainerState;
  readonly lastState?: ContainerState;
}

interface ContainerState {
  readonly waiting?: { readonly reason?: string; readonly message?: string };
  readonly terminated?: { readonly reason?: string; readonly message?: string; readonly exitCode: number };
}

/** What Kubernetes tells of something that happened to an object. */
export interface KubernetesEvent extends KubernetesObject {
  readonly reason?: string;
  readonly message?: string;
  readonly involvedObject?: { readonly kind?: string; readonly name?: string };
}
