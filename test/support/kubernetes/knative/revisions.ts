import { type Fields, fieldsOf, type KubeObject, listOf, textOf } from "../objects.ts";
import type { ContainerState, Pods } from "../pods.ts";
import { EVENTS, REVISIONS, SECRETS, SERVICE_ACCOUNTS } from "../resources.ts";
import { type Store, seconds } from "../store.ts";
import { durationSeconds } from "./annotations.ts";
import { type Condition, isFalse, isTrue, isUnknown, stamped } from "./conditions.ts";
import type { Images } from "./images.ts";

/** How things stand with a revision. */
interface Standing {
  readonly container?: ContainerState;
  /** What is said at once, and what only when the deadline has passed. */
  readonly now?: Condition;
  readonly late?: Condition;
  readonly event?: { readonly reason: string; readonly message: string };
}

export interface RevisionsOptions {
  readonly store: Store;
  readonly pods: Pods;
  readonly images: Images;
  /** Why no pod can be made in a namespace, if so. */
  readonly quotaOf: (namespace: string) => string | undefined;
  /** How long a second of a progress deadline takes. */
  readonly secondMs: number;
}

/** Brings revisions up, or says why not: the deployments, replica sets, kubelets and autoscalers of a cluster in one. */
export class Revisions {
  readonly #options: RevisionsOptions;
  readonly #began = new Map<string, number>();
  readonly #resting = new Set<string>();

  constructor(options: RevisionsOptions) {
    this.#options = options;
  }

  /** Looks at a revision once more; to be called again and again. */
  look(revision: KubeObject): void {
    const { store, pods } = this.#options;
    const standing = this.#standing(revision);
    const uid = revision.metadata.uid ?? "";
    const began = this.#began.get(uid) ?? Date.now();
    this.#began.set(uid, began);
    const isResting = this.#resting.has(uid);
    if (standing.container !== undefined && !isResting) {
      const pod = pods.of(revision)[0] ?? pods.add(revision);
      pods.tell(pod, standing.container);
      if (standing.event !== undefined) this.#tellEvent(pod, standing.event);
    }
    const isLate = Date.now() - began >= this.#deadlineMs(revision);
    const conditions = isResting ? RESTING : conditionsOf(standing, isLate);
    const { image } = containerOf(revision);
    store.put(REVISIONS, {
      ...revision,
      status: {
        ...revision.status,
        observedGeneration: revision.metadata.generation,
        conditions: stamped(revision, conditions),
        containerStatuses: [{ name: containerOf(revision).name, imageDigest: image }],
        actualReplicas: pods.of(revision).length,
      },
    });
  }

  /** Scales it to zero. */
  rest(revision: KubeObject): void {
    this.#resting.add(revision.metadata.uid ?? "");
    for (const pod of this.#options.pods.of(revision)) this.#options.pods.remove(pod);
    this.look(revision);
  }

  /** Scales it from zero. */
  wake(revision: KubeObject): void {
    if (this.#resting.delete(revision.metadata.uid ?? "")) this.look(revision);
  }

  #standing(revision: KubeObject): Standing {
    const { store, images, quotaOf } = this.#options;
    const { namespace = "", name } = revision.metadata;
    const spec = revision.spec ?? {};
    const { image } = containerOf(revision);
    const pullSecrets = listOf(spec["imagePullSecrets"])
      .map((secret) => String(secret["name"]))
      .filter((secret) => store.get(SECRETS, namespace, secret) !== undefined);
    const unpullable = images.failureOf(image, pullSecrets);
    if (unpullable !== undefined && !image.includes("@")) {
      const message = `Unable to fetch image "${image}": failed to resolve image to digest: ${unpullable}`;
      return { now: isFalse("ContainerHealthy", "ContainerMissing", message) };
    }
    const account = textOf(spec["serviceAccountName"]) || "default";
    const pod = `pods "${name}-deployment-" is forbidden`;
    if (store.get(SERVICE_ACCOUNTS, namespace, account) === undefined) {
      const why = `error looking up service account ${namespace}/${account}: serviceaccount "${account}" not found`;
      return { now: isFalse("ResourcesAvailable", "FailedCreate", `${pod}: ${why}`) };
    }
    const quota = quotaOf(namespace);
    if (quota !== undefined) return { now: isFalse("ResourcesAvailable", "FailedCreate", `${pod}: ${quota}`) };
    const absent = secretNames(spec).find((secret) => store.get(SECRETS, namespace, secret) === undefined);
    if (absent !== undefined) {
      const message = `MountVolume.SetUp failed for volume "secrets" : secret "${absent}" not found`;
      const late = isFalse("ResourcesAvailable", "ProgressDeadlineExceeded", "Initial scale was never achieved");
      return {
        container: { waiting: { reason: "ContainerCreating" } },
        late,
        event: { reason: "FailedMount", message },
      };
    }
    if (unpullable !== undefined) {
      const message = `Back-off pulling image "${image}": ErrImagePull: ${unpullable}`;
      const late = isFalse("ResourcesAvailable", "ImagePullBackOff", message);
      return { container: { waiting: { reason: "ImagePullBackOff", message } }, late };
    }
    return started(images.get(image).start ?? "fine");
  }

  #deadlineMs(revision: KubeObject): number {
    const text = revision.metadata.annotations?.["serving.knative.dev/progress-deadline"] ?? "600s";
    return (durationSeconds(text) ?? 600) * this.#options.secondMs;
  }

  #tellEvent(pod: KubeObject, { reason, message }: { reason: string; message: string }): void {
    const { namespace = "", name, uid } = pod.metadata;
    const eventName = `${name}.${Bun.hash(reason + message).toString(16)}`;
    const { store } = this.#options;
    if (store.get(EVENTS, namespace, eventName) !== undefined) return;
    store.put(EVENTS, {
      apiVersion: "v1",
      kind: "Event",
      metadata: { name: eventName, namespace },
      involvedObject: { apiVersion: "v1", kind: "Pod", name, namespace, uid },
      type: "Warning",
      reason,
      message,
      count: 1,
      lastTimestamp: seconds(new Date()),
    });
  }
}

const RESTING: readonly Condition[] = [
  isFalse("Active", "NoTraffic", "The target is not receiving traffic."),
  isTrue("ContainerHealthy"),
  isTrue("Ready"),
  isTrue("ResourcesAvailable"),
];

function started(start: "fine" | "never" | { exitCode: number; message?: string; reason?: string }): Standing {
  if (start === "fine") return { container: { running: { isReady: true } } };
  if (start === "never") {
    const late = isFalse("ResourcesAvailable", "ProgressDeadlineExceeded", "Initial scale was never achieved");
    return { container: { running: { isReady: false } }, late };
  }
  const { exitCode, message = "", reason = exitCode === 137 ? "OOMKilled" : "Error" } = start;
  return {
    container: { crashed: { exitCode, reason, message } },
    now: isFalse("ContainerHealthy", `ExitCode${exitCode}`, `Container failed with: ${message}`),
  };
}

function conditionsOf({ container, now, late }: Standing, isLate: boolean): Condition[] {
  const said = now ?? (isLate ? late : undefined);
  if (said !== undefined) {
    const ready = { ...said, type: "Ready" };
    const isHealth = said.type === "ContainerHealthy";
    const other = isHealth ? isUnknown("ResourcesAvailable", "Deploying") : isUnknown("ContainerHealthy");
    return [...(isHealth ? [said, ready, other] : [other, ready, said])];
  }
  if (container !== undefined && "running" in container && container.running.isReady) {
    return ["Active", "ContainerHealthy", "Ready", "ResourcesAvailable"].map(isTrue);
  }
  return [isUnknown("ContainerHealthy"), isUnknown("Ready", "Deploying"), isUnknown("ResourcesAvailable", "Deploying")];
}

function containerOf(revision: KubeObject): { readonly name: string; readonly image: string } {
  const [container] = listOf(revision.spec?.["containers"]);
  return { name: String(container?.["name"]), image: String(container?.["image"]) };
}

function secretNames(spec: Fields): string[] {
  const volumes = listOf(spec["volumes"]).flatMap((volume) => [
    fieldsOf(volume, "secret")["secretName"],
    ...listOf(fieldsOf(volume, "projected")["sources"]).map((source) => fieldsOf(source, "secret")["name"]),
  ]);
  return volumes.filter((name) => typeof name === "string");
}
