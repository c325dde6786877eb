/** How functions are run in a cluster. */
export interface KnativeSettings {
  /** Where the functions of a project are; `{project}` stands for its name. Default `fn-{project}`. */
  readonly namespace?: string | undefined;
  /** Default `default`. Its token is not mounted. */
  readonly serviceAccount?: string | undefined;
  /** The Secrets of each namespace that images are pulled with. */
  readonly imagePullSecrets?: readonly string[] | undefined;
  /** The Secret with the broker's URL, for pods that are to join the mesh themselves. Default: they do not. */
  readonly joinMesh?: { readonly name: string; readonly key: string } | undefined;
  /**
   * Who may reach the routes. Only where it is the cluster alone (`cluster-local`, the default) do functions believe the claims
   * that requests carry.
   */
  readonly visibility?: "cluster-local" | "external" | undefined;
  /** Where routes are called at, when their own addresses do not lead there from here. */
  readonly ingress?: string | undefined;
  /** How long a revision may take to become ready. Default 120. */
  readonly progressDeadlineSeconds?: number | undefined;
  /** Where the cluster pulls images from, when it knows the registry by another name than the builder. */
  readonly registry?: string | undefined;
  /** What a pod asks for, in percent of what it may use at most. Default: a quarter of the processors, all of the memory. */
  readonly requests?: { readonly cpuPercent: number; readonly memoryPercent: number } | undefined;
}

/** Settings whose gaps are filled. */
export interface SettledKnative extends KnativeSettings {
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly imagePullSecrets: readonly string[];
  readonly visibility: "cluster-local" | "external";
  readonly progressDeadlineSeconds: number;
  readonly requests: { readonly cpuPercent: number; readonly memoryPercent: number };
}

const MOST_PERCENT = 100;

/**
 * Fills in what was not said.
 * @throws TypeError naming what cannot be meant.
 */
export function settled(settings: KnativeSettings): SettledKnative {
  const { progressDeadlineSeconds = 120, requests = { cpuPercent: 25, memoryPercent: 100 } } = settings;
  if (!Number.isInteger(progressDeadlineSeconds) || progressDeadlineSeconds < 1) {
    throw new TypeError(`progressDeadlineSeconds is ${progressDeadlineSeconds}; make it a whole number of seconds`);
  }
  for (const [name, percent] of Object.entries(requests)) {
    if (!Number.isInteger(percent) || percent < 1 || percent > MOST_PERCENT) {
      throw new TypeError(`requests.${name} is ${percent}; make it a whole number from 1 to ${MOST_PERCENT}`);
    }
  }
  return Object.freeze({
    namespace: settings.namespace ?? "fn-{project}",
    serviceAccount: settings.serviceAccount ?? "default",
    imagePullSecrets: [...(settings.imagePullSecrets ?? [])],
    joinMesh: settings.joinMesh,
    visibility: settings.visibility ?? "cluster-local",
    ingress: settings.ingress,
    registry: settings.registry,
    progressDeadlineSeconds,
    requests,
  });
}
