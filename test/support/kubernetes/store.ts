import { isSame, type KubeObject, type NewObject } from "./objects.ts";
import { apiVersionOf, type Resource } from "./resources.ts";

/** Something that happened to an object, with the object as it was after it. */
export interface Change {
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  readonly resource: Resource;
  readonly object: KubeObject;
  readonly version: number;
}

/** The objects of a cluster and what happened to them: etcd, as far as clients see it. */
export class Store {
  readonly #objects = new Map<string, { readonly resource: Resource; readonly object: KubeObject }>();
  readonly #listeners = new Set<(change: Change) => void>();
  #history: Change[] = [];
  #version = 100;
  #compactedTo = 0;

  get version(): number {
    return this.#version;
  }

  get(resource: Resource, namespace: string | undefined, name: string): KubeObject | undefined {
    const found = this.#objects.get(keyOf(resource, namespace, name));
    return found === undefined ? undefined : structuredClone(found.object);
  }

  /** By name, of one namespace or of all. */
  list(resource: Resource, namespace?: string): KubeObject[] {
    return [...this.#objects.values()]
      .filter((entry) => entry.resource === resource)
      .filter(({ object }) => namespace === undefined || object.metadata.namespace === namespace)
      .map(({ object }) => structuredClone(object))
      .sort((one, other) => (pathOf(one) < pathOf(other) ? -1 : 1));
  }

  /** Creates it, or puts it in the place of the one that is there. What changes nothing is no change. */
  put(resource: Resource, given: NewObject | KubeObject): KubeObject {
    const object = structuredClone<NewObject & Partial<KubeObject>>(given);
    const key = keyOf(resource, object.metadata.namespace, object.metadata.name);
    const present = this.#objects.get(key)?.object;
    if (present !== undefined && isSame(withoutVersion(present), withoutVersion(object)))
      return structuredClone(present);
    const isChangedSpec = present === undefined || !isSame(present.spec, object.spec);
    this.#version += 1;
    object.apiVersion = apiVersionOf(resource);
    object.kind = resource.kind;
    object.metadata = {
      ...object.metadata,
      uid: present?.metadata.uid ?? crypto.randomUUID(),
      creationTimestamp: present?.metadata.creationTimestamp ?? seconds(new Date()),
      generation: (present?.metadata.generation ?? 0) + (isChangedSpec ? 1 : 0),
      resourceVersion: String(this.#version),
    };
    this.#objects.set(key, { resource, object });
    this.#tell({ type: present === undefined ? "ADDED" : "MODIFIED", resource, object, version: this.#version });
    return structuredClone(object);
  }

  remove(resource: Resource, namespace: string | undefined, name: string): KubeObject | undefined {
    const key = keyOf(resource, namespace, name);
    const found = this.#objects.get(key);
    if (found === undefined) return undefined;
    this.#objects.delete(key);
    this.#version += 1;
    const object = { ...found.object, metadata: { ...found.object.metadata, resourceVersion: String(this.#version) } };
    this.#tell({ type: "DELETED", resource, object, version: this.#version });
    return object;
  }

  /** All there is, whatever it is. */
  all(): { readonly resource: Resource; readonly object: KubeObject }[] {
    return [...this.#objects.values()];
  }

  /** What happened after a version; `undefined` when that is forgotten. */
  since(version: number): readonly Change[] | undefined {
    return version < this.#compactedTo ? undefined : this.#history.filter((change) => change.version > version);
  }

  /** Forgets what happened: whoever watches from an earlier version is told that it is gone. */
  compact(): void {
    this.#version += 1;
    this.#compactedTo = this.#version;
    this.#history = [];
  }

  /** Returns how to stop listening. */
  listen(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #tell(change: Change): void {
    this.#history.push(change);
    for (const listener of [...this.#listeners]) listener(change);
  }
}

/** RFC 3339 as Kubernetes writes it: no fractions. */
export function seconds(date: Date): string {
  return date.toISOString().replace(/\.\d+/, "");
}

function keyOf(resource: Resource, namespace: string | undefined, name: string): string {
  return `${resource.group}/${resource.plural}/${resource.namespaced ? (namespace ?? "") : ""}/${name}`;
}

function pathOf({ metadata: { namespace = "", name } }: KubeObject): string {
  return `${namespace}/${name}`;
}

function withoutVersion({ metadata, ...rest }: KubeObject): unknown {
  const { resourceVersion: _version, generation: _generation, uid: _uid, creationTimestamp: _at, ...kept } = metadata;
  return { ...rest, metadata: kept };
}
