import { type Fields, fieldsOf, type KubeObject, ownedBy } from "./objects.ts";
import type { PodLogs } from "./pod-logs.ts";
import { PODS } from "./resources.ts";
import { type Store, seconds } from "./store.ts";

/** What the container of a function is doing. */
export type ContainerState =
  | { readonly running: { readonly isReady: boolean } }
  | { readonly waiting: { readonly reason: string; readonly message?: string } }
  | { readonly crashed: { readonly exitCode: number; readonly reason: string; readonly message: string } };

/** The pods of revisions: objects and logs, without any process behind them. */
export class Pods {
  readonly #store: Store;
  readonly #logs: PodLogs;
  #count = 0;

  constructor(store: Store, logs: PodLogs) {
    this.#store = store;
    this.#logs = logs;
  }

  of(revision: KubeObject): KubeObject[] {
    const { namespace, name } = revision.metadata;
    return this.#store
      .list(PODS, namespace)
      .filter((pod) => pod.metadata.labels?.["serving.knative.dev/revision"] === name);
  }

  add(revision: KubeObject): KubeObject {
    const { namespace = "", name, labels } = revision.metadata;
    const [first] = (revision.spec?.["containers"] ?? []) as Fields[];
    this.#count += 1;
    const podName = `${name}-deployment-${Bun.hash(name).toString(36).slice(0, 9)}-${String(this.#count).padStart(5, "0")}`;
    return this.#store.put(PODS, {
      apiVersion: "v1",
      kind: "Pod",
      metadata: {
        name: podName,
        namespace,
        labels: { ...labels, app: name, "serving.knative.dev/revision": name },
        ownerReferences: [ownedBy(revision)],
      },
      spec: { ...revision.spec, containers: [{ ...first }, { name: "queue-proxy" }] },
      status: { phase: "Pending", conditions: [], containerStatuses: [] },
    });
  }

  /** Says what the container of a pod does, as the kubelet would. */
  tell(pod: KubeObject, state: ContainerState): void {
    const { namespace, name } = pod.metadata;
    const present = this.#store.get(PODS, namespace, name);
    if (present === undefined) return;
    const [container] = (present.spec?.["containers"] ?? []) as Fields[];
    const [before] = (present.status?.["containerStatuses"] ?? []) as Fields[];
    const isReady = "running" in state && state.running.isReady;
    const status = {
      name: container?.["name"],
      image: container?.["image"],
      ready: isReady,
      started: isReady,
      restartCount: Number(before?.["restartCount"] ?? 0),
      ...stateOf(state, before),
    };
    const ready = { type: "Ready", status: isReady ? "True" : "False" };
    const phase = "waiting" in state ? "Pending" : "Running";
    const conditions = [{ type: "PodScheduled", status: "True" }, ready];
    this.#store.put(PODS, { ...present, status: { phase, conditions, containerStatuses: [status] } });
  }

  /** Ends a pod: whoever follows its log comes to the end of it. */
  remove(pod: KubeObject): void {
    this.#logs.end(pod.metadata);
    this.#store.remove(PODS, pod.metadata.namespace, pod.metadata.name);
  }
}

function stateOf(state: ContainerState, before: Fields | undefined): Fields {
  const startedAt = fieldsOf(before, "state", "running")["startedAt"] ?? seconds(new Date());
  if ("running" in state) return { state: { running: { startedAt } }, lastState: before?.["lastState"] ?? {} };
  if ("waiting" in state) return { state: { waiting: state.waiting }, lastState: {} };
  const { exitCode, reason, message } = state.crashed;
  const finishedAt = fieldsOf(before, "lastState", "terminated")["finishedAt"] ?? startedAt;
  const terminated = { exitCode, reason, ...(message !== "" && { message }), finishedAt };
  const waiting = { reason: "CrashLoopBackOff", message: "back-off 10s restarting failed container" };
  return { state: { waiting }, lastState: { terminated }, restartCount: Number(before?.["restartCount"] ?? 0) || 1 };
}
