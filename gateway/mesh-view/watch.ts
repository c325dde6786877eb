import type { Broker } from "../../mesh/broker.ts";
import { MeshError } from "../../mesh/errors.ts";
import type { Closable } from "../../mesh/lifecycle.ts";
import type { Log } from "../../mesh/log.ts";
import type { FunctionStats, MeshHistory, MeshView, ServiceDescription, Snapshot } from "../../mesh/mesh-view.ts";
import { pause } from "../../mesh/pause.ts";
import type { LivePolicy } from "../policy.ts";
import { describeService, readInfos } from "./describe.ts";
import { StatsHistory } from "./history.ts";
import { InstancesSeen } from "./instances-seen.ts";
import { serviceView } from "./service-view.ts";
import { StatsReader, projectOf } from "./stats-reader.ts";

/** How often is looked: what comes and goes is to be seen within a second, and an answer takes a tenth of one. */
const EVERY_MS = 700;
/** An instance that does not answer keeps the others from being shown for no longer. */
const PATIENCE_MS = 200;
/** Rates are those of so long: at a glance it matters more how it goes than what was in the last moment. */
const RATES_OVER_MS = 4_000;
/** Looking goes on for a while when nobody watches any more: who reloads the page finds no gap. */
const LINGER_MS = 60_000;

/** What a watch needs. */
export interface WatchOptions {
  readonly broker: Broker;
  readonly policy: LivePolicy;
  readonly version: string;
  readonly log: Log;
}

/** Looks at the mesh about once a second while somebody watches, however many do. */
export class MeshWatch implements Closable {
  readonly #options: WatchOptions;
  readonly #startedAt = new Date().toISOString();
  readonly #reader = new StatsReader(undefined, { patienceMs: PATIENCE_MS, overMs: RATES_OVER_MS });
  readonly #history = new StatsHistory();
  readonly #seen = new InstancesSeen();
  readonly #functions = new Map<string, readonly FunctionStats[]>();
  readonly #watchers = new Set<() => void>();
  #descriptions: ReadonlyMap<string, ServiceDescription> = new Map();
  #described = "";
  #view: MeshView | undefined;
  #looking: Promise<void> | undefined;
  readonly #closing = new AbortController();
  #watchedAt = 0;

  constructor(options: WatchOptions) {
    this.#options = options;
  }

  /** The mesh as it was seen last; looks first when nobody watches. */
  async view(): Promise<MeshView> {
    if (this.#looking === undefined) await this.#look();
    return this.#view ?? this.#build();
  }

  history(isSeen: (project: string | null) => boolean): MeshHistory {
    return this.#history.of(isSeen);
  }

  /** Views as they are seen, the present one first, until `signal` or the end of the watch. Slow readers miss some. */
  async *views(signal: AbortSignal): AsyncGenerator<MeshView> {
    let wake = Promise.withResolvers<void>();
    const onView = (): void => wake.resolve();
    this.#watchers.add(onView);
    signal.addEventListener("abort", onView, { once: true });
    try {
      this.#begin();
      let shown: MeshView | undefined;
      while (!signal.aborted && !this.#closing.signal.aborted) {
        if (this.#view === undefined || this.#view === shown) await wake.promise;
        wake = Promise.withResolvers<void>();
        if (signal.aborted || this.#view === undefined || this.#view === shown) continue;
        shown = this.#view;
        yield shown;
      }
    } finally {
      this.#watchers.delete(onView);
      signal.removeEventListener("abort", onView);
    }
  }

  /** Ends all watching. */
  close(): Promise<void> {
    this.#closing.abort();
    for (const wake of this.#watchers) wake();
    return Promise.resolve();
  }

  #begin(): void {
    this.#watchedAt = Date.now();
    this.#looking ??= this.#keepLooking().finally(() => {
      this.#looking = undefined;
    });
  }

  async #keepLooking(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      const next = Date.now() + EVERY_MS;
      if (this.#watchers.size > 0) this.#watchedAt = Date.now();
      if (Date.now() - this.#watchedAt > LINGER_MS) return;
      await this.#look();
      for (const wake of this.#watchers) wake();
      await pause(Math.max(0, next - Date.now()), signal);
    }
  }

  async #look(): Promise<void> {
    const { broker, log } = this.#options;
    try {
      if (broker.status === "connected") await this.#read(broker);
    } catch (error) {
      // Lost while asking: the view says that the broker is away.
      const isAway = error instanceof MeshError && error.code === "broker_unavailable";
      if (!isAway) log.warn("the mesh could not be looked at", { error });
    }
    this.#view = this.#build();
  }

  async #read(broker: Broker): Promise<void> {
    const snapshot = await this.#reader.read(broker);
    this.#seen.add(snapshot.services, Date.parse(snapshot.time));
    this.#history.add(snapshot);
    for (const { project, name, functions } of snapshot.services) this.#functions.set(keyOf(project, name), functions);
    await this.#describe(broker, snapshot);
  }

  /** Asks what services are when somebody has come or went, or one has functions that it did not have. */
  async #describe(broker: Broker, { services }: Snapshot): Promise<void> {
    const shape = `${this.#seen.ids} ${services.flatMap(({ functions }) => functions.map(({ name }) => name)).join()}`;
    if (shape === this.#described) return;
    const infos = await readInfos(broker, { project: undefined });
    const groups = Map.groupBy(infos, (info) => keyOf(projectOf(info) ?? null, info.name));
    this.#descriptions = new Map(
      [...groups].flatMap(([key, group]) => {
        const description = describeService(group);
        return description === undefined ? [] : [[key, description] as const];
      }),
    );
    this.#described = shape;
  }

  #build(): MeshView {
    const { broker, policy, version } = this.#options;
    const services = this.#seen.services().map(({ project, name }) => {
      const key = keyOf(project, name);
      const instances = this.#seen.of(project, name);
      const description = this.#descriptions.get(key);
      const functions = this.#functions.get(key) ?? [];
      return serviceView({ project, name, instances, functions, description }, policy.current);
    });
    const { url, status } = broker;
    return {
      time: new Date().toISOString(),
      gateway: { version, startedAt: this.#startedAt, broker: { url, status } },
      services: services.toSorted((a, b) => order(a.project ?? "", b.project ?? "") || order(a.name, b.name)),
    };
  }
}

function keyOf(project: string | null, name: string): string {
  return JSON.stringify([project, name]);
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
