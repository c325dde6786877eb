import type { KubeObject } from "../objects.ts";
import type { Pods } from "../pods.ts";
import { EVENTS, REVISIONS } from "../resources.ts";
import { seconds } from "../store.ts";
import { durationSeconds } from "./annotations.ts";
import { stamped } from "./conditions.ts";
import { conditionsOf, containerOf, RESTING, standingOf, type StandingOptions } from "./standing.ts";

export interface RevisionsOptions extends StandingOptions {
  readonly pods: Pods;
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
    const standing = standingOf(revision, this.#options);
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
    const { name, image } = containerOf(revision);
    store.put(REVISIONS, {
      ...revision,
      status: {
        ...revision.status,
        observedGeneration: revision.metadata.generation,
        conditions: stamped(revision, conditions),
        containerStatuses: [{ name, imageDigest: image }],
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
