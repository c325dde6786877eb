import type { KubeObject } from "./objects.ts";
import type { Pods } from "./pods.ts";
import { NAMESPACES, PODS, type Resource } from "./resources.ts";
import { failure, notFound, qualified } from "./status.ts";
import type { Store } from "./store.ts";

export interface DeleteOptions {
  readonly propagationPolicy?: string;
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
}

/** Deletes an object and what it owns: the garbage collector as well. */
export class Deletion {
  readonly #store: Store;
  readonly #pods: Pods;
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();
  readonly #stepMs: number;

  constructor(options: { readonly store: Store; readonly pods: Pods; readonly stepMs: number }) {
    this.#store = options.store;
    this.#pods = options.pods;
    this.#stepMs = options.stepMs;
  }

  /** In the foreground, the object is there until all that it owns is gone. Answers with it as it is then. */
  delete(resource: Resource, at: { namespace?: string; name: string }, options: DeleteOptions): KubeObject {
    const object = this.#store.get(resource, at.namespace, at.name);
    if (object === undefined) throw notFound(resource, at.name);
    const { uid } = options.preconditions ?? {};
    if (uid !== undefined && uid !== object.metadata.uid) {
      const what = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${object.metadata.uid}`;
      throw failure(409, "Conflict", `Operation cannot be fulfilled on ${qualified(resource)} "${at.name}": ${what}`);
    }
    if (resource === NAMESPACES || options.propagationPolicy === "Foreground") {
      const deletionTimestamp = object.metadata.deletionTimestamp ?? new Date().toISOString();
      const marked = this.#store.put(resource, { ...object, metadata: { ...object.metadata, deletionTimestamp } });
      this.#later(() => {
        this.#removeInside(resource, marked);
        this.#removeDependents(marked);
        this.#later(() => this.#remove(resource, marked));
      });
      return marked;
    }
    this.#remove(resource, object);
    this.#later(() => this.#removeDependents(object));
    return object;
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }

  #removeDependents(owner: KubeObject): void {
    for (const { resource, object } of this.#store.all()) {
      if (!object.metadata.ownerReferences?.some(({ uid }) => uid === owner.metadata.uid)) continue;
      this.#remove(resource, object);
      this.#removeDependents(object);
    }
  }

  #removeInside(resource: Resource, { metadata: { name } }: KubeObject): void {
    if (resource !== NAMESPACES) return;
    for (const entry of this.#store.all()) {
      if (entry.object.metadata.namespace === name) this.#remove(entry.resource, entry.object);
    }
  }

  #remove(resource: Resource, object: KubeObject): void {
    if (resource === PODS) this.#pods.remove(object);
    else this.#store.remove(resource, object.metadata.namespace, object.metadata.name);
  }

  #later(work: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      work();
    }, this.#stepMs);
    this.#timers.add(timer);
  }
}
