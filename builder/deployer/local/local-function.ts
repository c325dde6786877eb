import type { Broker } from "../../../mesh/broker.ts";
import type {
  DeployedFunction,
  DeployedName,
  Deployment,
  DeployProgress,
  DeployStep,
} from "../../../mesh/deployment.ts";
import type { Traffic } from "../../../mesh/function.ts";
import type { DeployCall } from "../../deployer.ts";
import { unlessAborted } from "../../registry/unless-aborted.ts";
import { stepsOf } from "../../steps.ts";
import { DeployError } from "../deploy-error.ts";
import { byPercent } from "./by-percent.ts";
import { isSameContent, keptVersions, withoutNothing } from "./deployed-versions.ts";
import { describeFunction } from "./describe-function.ts";
import type { DesiredFunction, DesiredState } from "./desired-state.ts";
import { InstanceControl } from "./instance-control.ts";
import { LogBook } from "./log-book.ts";
import { type Scaled, Scaler } from "./scaler.ts";
import { type PoolParts, VersionPool } from "./version-pool.ts";

/** What functions are run with. */
export interface FunctionParts extends Omit<PoolParts, "control" | "lines" | "onChange"> {
  readonly broker: Broker;
  readonly desired: DesiredState;
}

/** One deployed function: its versions, and which of them get the calls. Its operations are for one at a time. */
export class LocalFunction {
  readonly name: DeployedName;
  readonly lines = new LogBook();
  readonly #parts: FunctionParts;
  readonly #control: InstanceControl;
  readonly #scaler: Scaler;
  #traffic: Traffic = {};
  #pools: ReadonlyMap<number, VersionPool> = new Map();
  /** Those that were replaced, until nothing of them runs. */
  readonly #replaced = new Set<VersionPool>();
  readonly #held = new Set<VersionPool>();
  #isStopped = false;
  #waking: Promise<void> | undefined;

  /** @throws MeshError `broker_unavailable` */
  constructor(name: DeployedName, parts: FunctionParts) {
    this.name = name;
    this.#parts = parts;
    this.#control = new InstanceControl(parts.broker, name);
    this.#scaler = new Scaler(() => this.#scaled(), parts.log.with({ project: name.project, function: name.label }));
  }

  /** Whether any version of it is deployed. */
  get isDeployed(): boolean {
    return this.#pools.size > 0;
  }

  /** Of the images of its versions. */
  get digests(): readonly string[] {
    return [...this.#pools.values(), ...this.#replaced].map(({ deployment }) => deployment.image.digest);
  }

  /** Runs it as it was to run. */
  async restore({ traffic, versions }: DesiredFunction): Promise<void> {
    this.#traffic = traffic;
    this.#pools = new Map(versions.map((deployment) => [deployment.version, this.#newPool(deployment)]));
    await this.#control.ready();
    this.#scaler.note();
  }

  describe(): DeployedFunction {
    return describeFunction(
      this.name,
      this.#traffic,
      [...this.#pools.values()].map((pool) => pool.describe()),
    );
  }

  /** @throws DeployError; what there was is then as it was. */
  async deploy(deployment: Deployment, { signal, onProgress }: DeployCall): Promise<DeployedFunction> {
    const { version, image } = deployment;
    const traffic = withoutNothing(deployment.traffic);
    this.#requireVersions(traffic, version);
    const step = stepsOf<DeployStep>((progress: DeployProgress) => onProgress?.(progress));
    const present = this.#pools.get(version);
    const isSame = present !== undefined && isSameContent(present.deployment, deployment) && present.isWell;
    await step("apply", async () => {
      await unlessAborted(this.#parts.instances.prepare(image, { signal }), signal);
      await unlessAborted(this.#control.ready(), signal);
      return isSame ? { note: "it is there already" } : {};
    });

    const pool = isSame ? present : this.#newPool(deployment);
    const pools = new Map([...this.#pools, [version, pool]]);
    try {
      await step("wait", async () => {
        await this.#makeReady(pools, traffic, { anew: isSame ? undefined : pool, signal });
        return {};
      });
      await step("traffic", async () => {
        await this.#commit(pools, traffic);
        return {};
      });
    } catch (error) {
      if (!isSame) this.#retire(pool);
      throw error;
    }
    return this.describe();
  }

  /** @throws DeployError `not_found` naming a version that is not deployed, or why one does not run. */
  async setTraffic(given: Traffic, { signal, onProgress }: DeployCall): Promise<DeployedFunction> {
    const traffic = withoutNothing(given);
    this.#requireVersions(traffic);
    const step = stepsOf<DeployStep>((progress: DeployProgress) => onProgress?.(progress));
    await step("traffic", async () => {
      await this.#makeReady(this.#pools, traffic, { anew: undefined, signal });
      await this.#commit(this.#pools, traffic);
      return {};
    });
    return this.describe();
  }

  /** Resolves when an instance takes calls. @throws DeployError saying why there is none. */
  wake(signal: AbortSignal): Promise<void> {
    this.#waking ??= this.#wake().finally(() => (this.#waking = undefined));
    return unlessAborted(this.#waking, signal);
  }

  /** Has all calls finished and ends all that runs; nothing of it can be used afterwards. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#scaler.close();
    await Promise.all([...this.#pools.values(), ...this.#replaced, ...this.#held].map((pool) => pool.close()));
    this.lines.close();
    await this.#control.close();
  }

  async #wake(): Promise<void> {
    const awake = this.#scaled().filter(({ pool, percent }) => percent > 0 && pool.up.length > 0);
    // One that has lost its way to the broker, or ended a moment ago, is no reason to wait.
    await Promise.all(awake.map(({ pool }) => pool.ask()));
    let failure: DeployError | undefined;
    for (const version of byPercent(this.#traffic)) {
      try {
        await this.#pools.get(version)?.ensureUp(1);
        return;
      } catch (error) {
        if (!(error instanceof DeployError)) throw error;
        failure ??= error;
      }
    }
    throw failure ?? new DeployError("not_found", `no version of "${this.name.label}" gets calls; deploy one`);
  }

  /** Has as many instances of each version up as the calls need that it is to get. */
  async #makeReady(
    pools: ReadonlyMap<number, VersionPool>,
    traffic: Traffic,
    { anew, signal }: { readonly anew: VersionPool | undefined; readonly signal: AbortSignal },
  ): Promise<void> {
    const serving = this.#scaled().filter(({ percent }) => percent > 0);
    const atOnce = serving.reduce((sum, { pool }) => sum + pool.demand.atOnce, 0);
    // What sleeps goes on sleeping: whoever wakes it starts what the calls are for then.
    const percentOf = ({ deployment }: VersionPool): number => traffic[deployment.version] ?? 0;
    const isAwake = (anew !== undefined && percentOf(anew) > 0) || serving.some(({ pool }) => pool.count > 0);
    const needed = [...pools.values()].flatMap((pool) => {
      const percent = percentOf(pool);
      const { max, concurrency } = pool.deployment.scale;
      if (pool !== anew && (percent === 0 || !isAwake)) return [];
      return [{ pool, count: Math.min(max, Math.max(1, Math.ceil((atOnce * percent) / 100 / concurrency))) }];
    });
    this.#requireRunning();
    for (const { pool } of needed) this.#held.add(pool);
    try {
      const starts = needed.map(async ({ pool, count }) => {
        await pool.ensureUp(0);
        await pool.startMore(Math.max(0, count - pool.count), 0);
      });
      await unlessAborted(Promise.all(starts), signal);
      signal.throwIfAborted();
    } finally {
      for (const { pool } of needed) this.#held.delete(pool);
    }
  }

  /** From here on it is so, whatever happens: first on the disk. */
  async #commit(pools: ReadonlyMap<number, VersionPool>, traffic: Traffic): Promise<void> {
    const kept = keptVersions([...pools.keys()], traffic);
    const next = new Map([...pools].filter(([version]) => kept.includes(version)));
    const versions = [...next.values()].map(({ deployment }) => deployment);
    await this.#parts.desired.save({ ...this.name, traffic, versions });
    this.#requireRunning();
    const before = this.#pools;
    this.#pools = next;
    this.#traffic = traffic;
    for (const [version, pool] of before) if (next.get(version) !== pool) this.#replaced.add(pool);
    this.lines.keepOnly(kept);
    await this.#scaler.round();
    for (const pool of this.#replaced) this.#retire(pool);
  }

  #retire(pool: VersionPool): void {
    this.#replaced.add(pool);
    void pool.close().then(() => this.#replaced.delete(pool));
  }

  #requireRunning(): void {
    if (this.#isStopped) throw new Error("the deployer is stopping; deploy it again when it is back");
  }

  #requireVersions(traffic: Traffic, coming?: number): void {
    const { label } = this.name;
    const missing = Object.keys(traffic).filter((each) => Number(each) !== coming && !this.#pools.has(Number(each)));
    if (missing.length === 0) return;
    const text = `version ${missing.join(", ")} of "${label}" is not deployed; deploy it, or send the calls elsewhere`;
    throw new DeployError("not_found", text);
  }

  #scaled(): readonly Scaled[] {
    const present = [...this.#pools.values()].map((pool) => ({
      ...{ pool, percent: this.#traffic[pool.deployment.version] ?? 0, isHeld: this.#held.has(pool) },
    }));
    return [...present, ...[...this.#replaced].map((pool) => ({ pool, percent: 0, isHeld: false }))];
  }

  #newPool(deployment: Deployment): VersionPool {
    const { lines } = this;
    const onChange = (): void => this.#scaler.note();
    return new VersionPool(deployment, { ...this.#parts, control: this.#control, lines, onChange });
  }
}
