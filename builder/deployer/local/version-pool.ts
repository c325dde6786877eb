import type { Deployment, DeployedVersion } from "../../../mesh/deployment.ts";
import { randomHex } from "../../../mesh/ids.ts";
import type { Log } from "../../../mesh/log.ts";
import { pause } from "../../../mesh/pause.ts";
import { DeployError } from "../deploy-error.ts";
import { DemandWatch } from "./demand-watch.ts";
import { endedError, titleOf } from "./how-it-ended.ts";
import type { InstanceControl } from "./instance-control.ts";
import type { Instances } from "./instance.ts";
import { LiveInstance } from "./live-instance.ts";
import type { LogBook } from "./log-book.ts";
import { Restarts } from "./restarts.ts";
import type { StartSlots } from "./start-slots.ts";
import { versionCondition } from "./version-condition.ts";

/** What instances are run with. */
export interface PoolParts {
  readonly instances: Instances;
  /** The broker's URL as instances of a deployment reach it, with credentials. */
  readonly natsUrlFor: (deployment: Deployment) => string;
  readonly slots: StartSlots;
  readonly startMs: number;
  readonly silentMs: number;
  readonly graceMs: number;
  readonly log: Log;
  readonly control: InstanceControl;
  readonly lines: LogBook;
  /** An instance takes calls, or one that did has ended by itself. */
  readonly onChange: () => void;
}

/** The instances of one version. */
export class VersionPool {
  readonly deployment: Deployment;
  readonly demand: DemandWatch;
  readonly restarts = new Restarts(() => performance.now());
  readonly #parts: PoolParts;
  readonly #instances = new Set<LiveInstance>();
  readonly #closing = new AbortController();
  readonly #reported = new WeakSet<LiveInstance>();
  readonly #starts = new Set<Promise<void>>();
  #waking: Promise<void> | undefined;

  constructor(deployment: Deployment, parts: PoolParts) {
    this.deployment = deployment;
    this.#parts = parts;
    this.demand = new DemandWatch(deployment.scale, performance.now());
  }

  /** Those that take calls, the oldest first. */
  get up(): readonly LiveInstance[] {
    return [...this.#instances].filter(({ state, isLost }) => state === "up" && !isLost);
  }

  /** How many take calls or are about to. */
  get count(): number {
    return this.up.length + this.#countOf("starting");
  }

  /** Whether there is nothing to be mended about it. */
  get isWell(): boolean {
    const { state, reason } = this.describe();
    return state === "ready" || reason === "Starting";
  }

  /** Whether processes of it run that were not asked to end. */
  get isRunning(): boolean {
    return this.#countOf("up") + this.#countOf("starting") > 0;
  }

  /**
   * Resolves when an instance takes calls, one that is there or another; many wait for the same one.
   * @throws DeployError saying why there is none.
   */
  ensureUp(share: number): Promise<void> {
    if (this.up.some(({ isSilent }) => !isSilent)) return Promise.resolve();
    this.#waking ??= this.#startOneInTime(share).finally(() => (this.#waking = undefined));
    return this.#waking;
  }

  /** Starts so many at once; resolves when all take calls. @throws DeployError of the first that does not. */
  async startMore(count: number, share: number): Promise<void> {
    const started = await Promise.allSettled(Array.from({ length: count }, () => this.#start(share)));
    for (const each of started) if (each.status === "rejected") throw each.reason;
  }

  /**
   * Has so many finish their calls and end: those that have the least to do, and of them the newest; never one of which nothing is
   * known.
   */
  stopSome(count: number): void {
    const busyness = ({ report }: LiveInstance): number => (report?.running ?? 0) + (report?.waiting ?? 0);
    const newestFirst = this.up.toReversed();
    for (const instance of newestFirst.toSorted((a, b) => busyness(a) - busyness(b)).slice(0, count)) {
      void instance.stop();
    }
  }

  /** Has all finish their calls and end; resolves when they have, also those that were asked before. */
  async stopAll(): Promise<void> {
    await Promise.all([...this.#instances].map((instance) => instance.stop()));
  }

  /** The same for good: no other is started. */
  close(): Promise<void> {
    this.#closing.abort();
    return this.stopAll();
  }

  /** Asks all that take calls how they do; those that did not answer last time are not waited for. */
  async ask(): Promise<void> {
    const asked = [...this.#instances].filter(({ state }) => state === "up");
    const answers = asked.filter(({ isSilent }) => !isSilent).map((instance) => this.#askOne(instance));
    for (const instance of asked) if (instance.isSilent) void this.#askOne(instance);
    await Promise.all(answers);
  }

  describe(): DeployedVersion {
    const { version, image } = this.deployment;
    const [up, starting] = [this.#countOf("up"), this.#countOf("starting")];
    const facts = { up, answering: this.up.length, starting, restarts: this.restarts };
    return { version, image: image.reference, ...versionCondition(this.deployment, facts), instances: up + starting };
  }

  async #startOneInTime(share: number): Promise<void> {
    if (this.#starts.size > 0) return firstOf([...this.#starts]);
    const { refusal, waitMs } = this.restarts;
    if (refusal !== undefined) throw refusal;
    await pause(waitMs, this.#closing.signal);
    await this.#start(share);
  }

  #start(share: number): Promise<void> {
    const start = this.#startInstance(share).finally(() => this.#starts.delete(start));
    this.#starts.add(start);
    return start;
  }

  async #askOne(instance: LiveInstance): Promise<void> {
    await instance.ask();
    if (!instance.isLost || this.#reported.has(instance)) return;
    this.#reported.add(instance);
    this.#log(instance).warn("an instance runs, and does not say how it does any more");
  }

  async #startInstance(share: number): Promise<void> {
    const { deployment } = this;
    const { version } = deployment;
    const { signal } = this.#closing;
    if (signal.aborted) throw new DeployError("not_found", `${titleOf(deployment)} is not deployed any more`);
    const { natsUrlFor, lines, onChange } = this.#parts;
    const name = `v${version}-${randomHex(4)}`;
    const instance = new LiveInstance({
      ...this.#parts,
      ...{ deployment, instance: name, share, signal, natsUrl: natsUrlFor(deployment) },
      onLine: (text) => lines.add({ version, instance: name, at: new Date().toISOString(), text }),
    });
    this.#instances.add(instance);
    try {
      await instance.start();
    } catch (error) {
      this.#instances.delete(instance);
      throw instance.isUnwanted ? error : this.#noteFailure(instance, error);
    }
    void this.#untilEnded(instance);
    this.demand.touch(performance.now());
    onChange();
  }

  #noteFailure(instance: LiveInstance, error: unknown): DeployError {
    const shown = error instanceof DeployError ? error : this.#unexpected(error);
    const log = this.#log(instance);
    if (shown === error) log.warn("an instance did not start", { reason: shown.message });
    else log.error("an instance could not be started", { error });
    this.restarts.ended(shown, undefined);
    this.#parts.onChange();
    return shown;
  }

  #unexpected(cause: unknown): DeployError {
    const text = `${titleOf(this.deployment)} could not be started for a reason of the deployer's own`;
    return new DeployError("start_failed", `${text}; its log has the details`, { cause });
  }

  async #untilEnded(instance: LiveInstance): Promise<void> {
    const end = await instance.ended;
    this.#instances.delete(instance);
    if (end === undefined || instance.isUnwanted) return this.restarts.wentWell();
    const error = endedError(this.deployment, end, { wasUp: true });
    this.restarts.ended(error, instance.upMs);
    this.#log(instance).warn("an instance ended by itself", { reason: error.message });
    this.#parts.onChange();
  }

  #countOf(wanted: LiveInstance["state"]): number {
    let count = 0;
    for (const { state } of this.#instances) if (state === wanted) count++;
    return count;
  }

  #log({ name }: LiveInstance): Log {
    const { project, label, version } = this.deployment;
    return this.#parts.log.with({ project, function: label, version, instance: name });
  }
}

/** The first that comes to something; when none does, why the first did not. */
async function firstOf(starts: readonly Promise<void>[]): Promise<void> {
  try {
    await Promise.any(starts);
  } catch (error) {
    throw error instanceof AggregateError ? error.errors[0] : error;
  }
}
