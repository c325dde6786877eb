import type { DeployedFunction, DeployedLine, DeployedName, Deployment, LogsRequest } from "../../mesh/deployment.ts";
import type { Traffic } from "../../mesh/function.ts";
import type { Log } from "../../mesh/log.ts";
import type { DeployCall, Deployer, OnDemand } from "../deployer.ts";
import { stepsOf } from "../steps.ts";
import { DeployError } from "./deploy-error.ts";
import { awaitGone, awaitRoutes } from "./knative/await-ready.ts";
import { type Cluster, SERVICES, type Signalled } from "./knative/cluster.ts";
import { changedTargets, deploy } from "./knative/deploy.ts";
import { describe } from "./knative/describe.ts";
import { type LiveFunction, LiveFunctions } from "./knative/live-functions.ts";
import { withTraffic } from "./knative/live-service.ts";
import { functionOf } from "./knative/marks.ts";
import type { KnativeService } from "./knative/objects.ts";
import { OneAtATime } from "./knative/one-at-a-time.ts";
import { placeOf } from "./knative/place.ts";
import { podLines } from "./knative/pod-lines.ts";
import { Routes } from "./knative/routes.ts";
import { type KnativeSettings, type SettledKnative, settled } from "./knative/settings.ts";

/** What functions in a cluster need. */
export interface KnativeOptions {
  readonly cluster: Cluster;
  /** Whose functions are followed from the beginning; those of others from when one of theirs is deployed. */
  readonly projects: readonly string[];
  readonly settings: KnativeSettings;
  readonly log: Log;
}

/**
 * Runs functions as Knative Services. The cluster is the only memory: whatever is done can be done again by any other deployer.
 * @throws TypeError for settings that cannot be meant.
 */
export function openKnativeDeployer(options: KnativeOptions): Deployer {
  return new KnativeDeployer(options);
}

class KnativeDeployer implements Deployer {
  readonly home = "knative";
  readonly onDemand: OnDemand;
  readonly #cluster: Cluster;
  readonly #settings: SettledKnative;
  readonly #functions: LiveFunctions;
  readonly #routes: Routes;
  readonly #log: Log;
  readonly #turns = new OneAtATime();
  readonly #closing = new AbortController();
  readonly #followed = new Map<string, Promise<void>>();

  constructor({ cluster, projects, settings, log }: KnativeOptions) {
    this.#cluster = cluster;
    this.#settings = settled(settings);
    this.#functions = new LiveFunctions(cluster, this.#settings);
    const routes = new Routes(this.#settings);
    this.#routes = routes;
    this.onDemand = { kind: "route", routeOf: (name) => routes.of(name) };
    this.#log = log;
    projects.forEach((project) => this.#follow(project));
  }

  deploy(deployment: Deployment, call: DeployCall): Promise<DeployedFunction> {
    const parts = { cluster: this.#cluster, functions: this.#functions, settings: this.#settings };
    this.#follow(deployment.project);
    return this.#inTurn(deployment, call, async () => {
      await deploy(deployment, call, parts);
      return this.#found(deployment, call);
    });
  }

  setTraffic(name: DeployedName, traffic: Traffic, call: DeployCall): Promise<DeployedFunction> {
    const { signal, onProgress } = call;
    return this.#inTurn(name, call, async () => {
      const live = await this.#live(name, { signal });
      const targets = changedTargets(name.label, traffic, live);
      if (targets === undefined) return this.#found(name, call);
      await stepsOf<"traffic">((progress) => onProgress?.(progress))("traffic", async () => {
        const manifest = withTraffic(live.service, targets);
        const applied = await this.#cluster.apply<KnativeService>(SERVICES, manifest, { signal });
        await awaitRoutes(name.label, applied, {
          cluster: this.#cluster,
          place: placeOf(name, this.#settings),
          signal,
        });
        return {};
      });
      return this.#found(name, call);
    });
  }

  async describe(name: DeployedName, { signal }: Signalled): Promise<DeployedFunction | undefined> {
    const live = await this.#functions.find(name, { signal });
    return live && describe(name, live.service, live.revisions);
  }

  async list(project: string, { signal }: Signalled): Promise<readonly DeployedFunction[]> {
    const found = await this.#functions.all(project, { signal });
    return found
      .flatMap(({ service, revisions }) => {
        const name = functionOf(service);
        return name === undefined ? [] : [describe(name, service, revisions)];
      })
      .toSorted((a, b) => (a.label < b.label ? -1 : 1));
  }

  async *logs(request: LogsRequest, { signal }: Signalled): AsyncGenerator<DeployedLine, void, undefined> {
    const { revisions } = await this.#live(request, { signal });
    const place = placeOf(request, this.#settings);
    yield* podLines(request, { cluster: this.#cluster, functions: this.#functions, place, revisions, signal });
  }

  remove(name: DeployedName, call: DeployCall): Promise<void> {
    const { signal } = call;
    const place = placeOf(name, this.#settings);
    return this.#inTurn(name, call, async () => {
      const service = await this.#cluster.get<KnativeService>(SERVICES, place, { signal });
      const owner = service && functionOf(service);
      // What has its name and belongs to somebody else is none of it.
      if (service !== undefined && owner?.project === name.project && owner.label === name.label) {
        await this.#cluster.delete(SERVICES, place, { signal });
        await awaitGone(service, { cluster: this.#cluster, place, signal });
      }
      this.#routes.remove(name);
    });
  }

  watch(listener: (names: readonly DeployedName[]) => void): () => void {
    return this.#routes.watch(listener);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all(this.#followed.values());
  }

  #follow(project: string): void {
    if (this.#followed.has(project)) return;
    const following = { cluster: this.#cluster, log: this.#log, signal: this.#closing.signal };
    this.#followed.set(project, this.#routes.follow(project, following));
  }

  #inTurn<T>({ project, label }: DeployedName, { signal }: Signalled, work: () => Promise<T>): Promise<T> {
    return this.#turns.run(`${project}.${label}`, signal, work);
  }

  async #live(name: DeployedName, call: Signalled): Promise<LiveFunction> {
    const live = await this.#functions.find(name, call);
    if (live !== undefined) return live;
    throw new DeployError("not_found", `"${name.label}" is not deployed; deploy a version of it`);
  }

  /** A function as it is now; calls are sent there at once, and not only when the cluster has told of it. */
  async #found(name: DeployedName, { signal }: Signalled): Promise<DeployedFunction> {
    const { service, revisions } = await this.#live(name, { signal });
    this.#routes.put(service);
    return describe(name, service, revisions);
  }
}
