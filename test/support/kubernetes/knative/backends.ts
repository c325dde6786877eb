import { fieldsOf, type KubeObject, listOf, textOf } from "../objects.ts";
import { PODS } from "../resources.ts";
import type { Store } from "../store.ts";
import type { Images, PodFacts, RunningPod } from "./images.ts";

/** What runs in pods: started with the first request that reaches a pod, and ended with the pod. */
export class Backends {
  readonly #images: Images;
  readonly #running = new Map<string, Promise<RunningPod | undefined>>();
  readonly #ending = new Set<Promise<void>>();
  readonly #unlisten: () => void;

  constructor({ store, images }: { readonly store: Store; readonly images: Images }) {
    this.#images = images;
    this.#unlisten = store.listen(({ type, resource, object }) => {
      if (type === "DELETED" && resource === PODS) this.#end(object.metadata.uid ?? "");
    });
  }

  /** Where a pod listens; `undefined` for one whose image does nothing in particular. */
  async of(pod: KubeObject): Promise<RunningPod | undefined> {
    const { uid = "" } = pod.metadata;
    const facts = factsOf(pod);
    const run = this.#images.get(textOf(facts.container["image"])).run;
    const running = this.#running.get(uid) ?? (run === undefined ? Promise.resolve(undefined) : run(facts));
    this.#running.set(uid, running);
    return running;
  }

  async close(): Promise<void> {
    this.#unlisten();
    for (const uid of [...this.#running.keys()]) this.#end(uid);
    await Promise.all(this.#ending);
  }

  #end(uid: string): void {
    const running = this.#running.get(uid);
    this.#running.delete(uid);
    if (running !== undefined) this.#ending.add(running.then((backend) => backend?.close()));
  }
}

function factsOf({ metadata, spec }: KubeObject): PodFacts {
  const { name, namespace = "", labels = {} } = metadata;
  const [container = {}] = listOf(spec?.["containers"]);
  const revision = labels["serving.knative.dev/revision"] ?? "";
  const given = listOf(container["env"]).map(
    (variable) => [textOf(variable["name"]), textOf(variable["value"])] as const,
  );
  const env = {
    ...Object.fromEntries(given),
    K_SERVICE: labels["serving.knative.dev/service"] ?? "",
    K_CONFIGURATION: labels["serving.knative.dev/configuration"] ?? "",
    K_REVISION: revision,
  };
  return { name, namespace, revision, container: fieldsOf({ container }, "container"), env };
}
