import type { DeployedName } from "../../../mesh/deployment.ts";
import type { Log } from "../../../mesh/log.ts";
import type { Route } from "../../deployer.ts";
import { type Change, type Cluster, SERVICES } from "./cluster.ts";
import { stateOf } from "./conditions.ts";
import { functionOf, projectSelector } from "./marks.ts";
import type { KnativeService } from "./objects.ts";
import { namespaceOf } from "./place.ts";
import type { SettledKnative } from "./settings.ts";

type Listener = (names: readonly DeployedName[]) => void;

/** Which functions are deployed, and where they are called: what the cluster last told. */
export class Routes {
  readonly #settings: SettledKnative;
  readonly #services = new Map<string, KnativeService>();
  readonly #listeners = new Set<Listener>();
  #told = "";

  constructor(settings: SettledKnative) {
    this.#settings = settings;
  }

  /** Follows the cluster until the signal aborts. */
  async follow(
    project: string,
    { cluster, log, signal }: { cluster: Cluster; log: Log; signal: AbortSignal },
  ): Promise<void> {
    const scope = { namespace: namespaceOf(project, this.#settings), labelSelector: projectSelector(project) };
    try {
      for await (const change of cluster.watch<KnativeService>(SERVICES, scope, { signal })) {
        this.#take(project, change);
      }
    } catch (error) {
      if (!signal.aborted) log.error("the functions of a project are not followed any more", { project, error });
    }
  }

  /** Takes what was learned of a Service by another way. */
  put(service: KnativeService): void {
    this.#put(service);
    this.#tell();
  }

  remove(name: DeployedName): void {
    this.#services.delete(keyOf(name));
    this.#tell();
  }

  /** Where a function is called; `undefined` as long as it has no address. */
  of(name: DeployedName): Route | undefined {
    const service = this.#services.get(keyOf(name));
    const url = service?.status?.url;
    if (service === undefined || url === undefined || stateOf(service, "RoutesReady").state === "failed")
      return undefined;
    const { ingress } = this.#settings;
    return ingress === undefined ? { url } : { url: ingress, host: new URL(url).host };
  }

  watch(listener: Listener): () => void {
    this.#listeners.add(listener);
    listener(this.#names());
    return () => void this.#listeners.delete(listener);
  }

  #take(project: string, change: Change<KnativeService>): void {
    if (change.type === "synced") {
      for (const [key, service] of this.#services) {
        if (functionOf(service)?.project === project) this.#services.delete(key);
      }
      change.objects.forEach((service) => this.#put(service));
    } else if (change.type === "put") this.#put(change.object);
    else {
      const name = functionOf(change.object);
      if (name !== undefined) this.#services.delete(keyOf(name));
    }
    this.#tell();
  }

  #put(service: KnativeService): void {
    const name = functionOf(service);
    if (name === undefined) return;
    if (service.metadata.deletionTimestamp === undefined) this.#services.set(keyOf(name), service);
    else this.#services.delete(keyOf(name));
  }

  #tell(): void {
    const names = this.#names();
    const told = JSON.stringify(names);
    if (told === this.#told) return;
    this.#told = told;
    for (const listener of this.#listeners) listener(names);
  }

  #names(): readonly DeployedName[] {
    return [...this.#services.values()]
      .flatMap((service) => functionOf(service) ?? [])
      .toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  }
}

function keyOf({ project, label }: DeployedName): string {
  return `${project}.${label}`;
}
