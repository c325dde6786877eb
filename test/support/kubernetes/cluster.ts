import { Access } from "./access.ts";
import { Deletion } from "./deletion.ts";
import { Faults } from "./faults.ts";
import type { Front } from "./front.ts";
import { Controller } from "./knative/controller.ts";
import { Images } from "./knative/images.ts";
import { type Ingress, startIngress } from "./knative/ingress.ts";
import { Revisions } from "./knative/revisions.ts";
import { Lists } from "./lists.ts";
import type { KubeObject, NewObject } from "./objects.ts";
import { PodLogs } from "./pod-logs.ts";
import { Pods } from "./pods.ts";
import { findResource, NAMESPACES, type Resource, REVISIONS, SERVICE_ACCOUNTS } from "./resources.ts";
import { Store } from "./store.ts";
import { Watches } from "./watches.ts";

export interface ClusterOptions {
  /** Between one state of a service and the next. Default 5. */
  readonly stepMs?: number;
  /** How long a second of the cluster takes: of progress deadlines and of watches. Default 1000. */
  readonly secondMs?: number;
  /** Whether Knative Serving is installed. Default yes. */
  readonly hasKnative?: boolean;
}

/** The parts of a cluster, and what a test may turn. */
export class Cluster {
  readonly store = new Store();
  readonly access = new Access();
  readonly images = new Images();
  readonly logs = new PodLogs();
  readonly lists = new Lists(this.store);
  readonly pods = new Pods(this.store, this.logs);
  readonly watches: Watches;
  readonly deletion: Deletion;
  readonly revisions: Revisions;
  readonly controller: Controller;
  readonly faults: Faults;
  /** Why no pod can be made, by namespace. */
  readonly quotas = new Map<string, string>();
  hasKnative: boolean;
  readonly #ingresses: Ingress[] = [];

  constructor(front: Front, { stepMs = 5, secondMs = 1000, hasKnative = true }: ClusterOptions) {
    const { store, pods, images } = this;
    this.hasKnative = hasKnative;
    this.faults = new Faults(front);
    this.watches = new Watches({ store, secondMs });
    this.deletion = new Deletion({ store, pods, stepMs });
    const quotaOf = (namespace: string): string | undefined => this.quotas.get(namespace);
    this.revisions = new Revisions({ store, pods, images, quotaOf, secondMs });
    this.controller = new Controller({ store, revisions: this.revisions, stepMs });
    this.put(NAMESPACES, { apiVersion: "v1", kind: "Namespace", metadata: { name: "default" } });
    if (hasKnative) this.#installKnative();
  }

  /** Keeps an object, as a client's that may do everything. */
  put(resource: Resource, object: NewObject): KubeObject {
    const kept = this.store.put(resource, object);
    if (resource === NAMESPACES) this.#addAccount(kept.metadata.name);
    return kept;
  }

  /** The same, for any object that says what it is. */
  seed(object: NewObject): KubeObject {
    const resource = findResource(object);
    if (resource === undefined) throw new Error(`there is no kind "${object.kind}" of "${object.apiVersion}" here`);
    return this.put(resource, object);
  }

  /** Opens a way into the cluster for calls; it is closed with the cluster. */
  ingress(): Ingress {
    const ingress = startIngress(this);
    this.#ingresses.push(ingress);
    return ingress;
  }

  /** Nobody calls a service any more: its pods go. */
  scaleToZero(namespace: string, service: string): void {
    for (const revision of this.store.list(REVISIONS, namespace)) {
      if (revision.metadata.labels?.["serving.knative.dev/service"] === service) this.revisions.rest(revision);
    }
  }

  /** Forgets what happened so far: whoever watches or lists has to begin anew. */
  expire(): void {
    this.store.compact();
    this.lists.expire();
    this.watches.expire();
  }

  async close(): Promise<void> {
    this.controller.close();
    this.deletion.close();
    this.watches.end();
    await Promise.all(this.#ingresses.map((ingress) => ingress.close()));
  }

  // A namespace without one would run nothing.
  #addAccount(namespace: string): void {
    if (this.store.get(SERVICE_ACCOUNTS, namespace, "default") !== undefined) return;
    this.store.put(SERVICE_ACCOUNTS, {
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: { name: "default", namespace },
    });
  }

  #installKnative(): void {
    const labels = { "app.kubernetes.io/name": "knative-serving", "app.kubernetes.io/version": "1.17.0" };
    this.put(NAMESPACES, { apiVersion: "v1", kind: "Namespace", metadata: { name: "knative-serving", labels } });
    for (const plural of ["services", "configurations", "revisions", "routes"]) {
      const name = `${plural}.serving.knative.dev`;
      this.seed({
        apiVersion: "apiextensions.k8s.io/v1",
        kind: "CustomResourceDefinition",
        metadata: { name, labels },
      });
    }
  }
}
