import type { Broker } from "../../mesh/broker.ts";
import type { DeployedFunction, DeployedLine, DeployedName, Deployment, LogsRequest } from "../../mesh/deployment.ts";
import type { Traffic } from "../../mesh/function.ts";
import type { Log } from "../../mesh/log.ts";
import { CloseStack } from "../../mesh/lifecycle.ts";
import { isName } from "../../mesh/names.ts";
import type { DeployCall, Deployer, OnDemand } from "../deployer.ts";
import { unlessAborted } from "../registry/unless-aborted.ts";
import { DeployError } from "./deploy-error.ts";
import { DesiredState } from "./local/desired-state.ts";
import { lockFolder } from "./local/folder-lock.ts";
import type { Instances } from "./local/instance.ts";
import { type FunctionParts, LocalFunction } from "./local/local-function.ts";
import { StartSlots } from "./local/start-slots.ts";
import { Turns } from "./local/turns.ts";

/** What a deployer of this machine needs. */
export interface LocalDeployerOptions {
  /** Runs images; it stays open when the deployer is closed. */
  readonly instances: Instances;
  /** The broker whose mesh functions join; it has to be connected. */
  readonly broker: Broker;
  /** Where it is written what is deployed; for this deployer alone. */
  readonly folder: string;
  /** The broker's URL as instances of a deployment reach it, with credentials. */
  readonly natsUrlFor: (deployment: Deployment) => string;
  readonly log: Log;
  /** How long an instance may take until it takes calls. Default 10 000 milliseconds. */
  readonly startMs?: number;
  /**
   * How long an instance may take to finish its calls when it is stopped. Default 27 000 milliseconds: a little more than after
   * which it breaks them off itself.
   */
  readonly graceMs?: number;
  /** How many instances may be on their way up at a time. Default 8. */
  readonly startsAtOnce?: number;
  /** After how long an instance that does not say how it does is told of, and not counted on. Default 30 000 milliseconds. */
  readonly silentMs?: number;
}

const STARTS_AT_ONCE = 8;
const SILENT_MS = 30_000;
const START_MS = 10_000;
const GRACE_MS = 27_000;

/**
 * Runs functions as processes of this machine, which join the mesh. What was deployed before is deployed again; what runs all the
 * time is started meanwhile.
 * @throws Error when another deployer works in the folder.
 */
export async function openLocalDeployer(options: LocalDeployerOptions): Promise<LocalDeployer> {
  const { folder, log } = options;
  const stack = new CloseStack();
  try {
    stack.use(await lockFolder(folder));
    const deployer = new LocalDeployer(options, new DesiredState(folder, log), stack);
    await deployer.restore();
    return deployer;
  } catch (error) {
    await stack.close();
    throw error;
  }
}

/** The deployer port on processes of this machine. {@link openLocalDeployer} makes it. */
export class LocalDeployer implements Deployer {
  readonly home = "local";
  readonly onDemand: OnDemand = { kind: "wake", wake: (name, { signal }) => this.#wake(name, signal) };
  readonly #options: LocalDeployerOptions;
  readonly #desired: DesiredState;
  readonly #stack: CloseStack;
  readonly #parts: FunctionParts;
  readonly #functions = new Map<string, LocalFunction>();
  /** Those that were removed, and finish their calls. */
  readonly #leaving = new Map<string, Promise<void>>();
  readonly #turns = new Turns();
  readonly #watchers = new Set<(names: readonly DeployedName[]) => void>();
  /** Images that are to run soon. */
  readonly #coming = new Set<Deployment>();

  constructor(options: LocalDeployerOptions, desired: DesiredState, stack: CloseStack) {
    const { startMs = START_MS, graceMs = GRACE_MS, silentMs = SILENT_MS, startsAtOnce = STARTS_AT_ONCE } = options;
    this.#options = options;
    this.#desired = desired;
    this.#stack = stack;
    this.#parts = { ...options, desired, startMs, graceMs, silentMs, slots: new StartSlots(startsAtOnce) };
    stack.defer(async () => void (await Promise.all([...this.#functions.values()].map((each) => each.stop()))));
    stack.defer(async () => void (await Promise.all(this.#leaving.values())));
  }

  /** Deploys what was deployed before. */
  async restore(): Promise<void> {
    const { log } = this.#options;
    for (const desired of await this.#desired.load()) {
      const restored = new LocalFunction({ project: desired.project, label: desired.label }, this.#parts);
      this.#functions.set(keyOf(restored.name), restored);
      await restored.restore(desired);
    }
    if (this.#functions.size > 0) log.info("functions are deployed as before", { functions: this.#functions.size });
  }

  async deploy(deployment: Deployment, call: DeployCall): Promise<DeployedFunction> {
    const name = checked(deployment);
    const key = keyOf(name);
    const work = async (): Promise<DeployedFunction> => {
      const deployed = this.#functions.get(key) ?? new LocalFunction(name, this.#parts);
      this.#functions.set(key, deployed);
      this.#coming.add(deployment);
      const wasDeployed = deployed.isDeployed;
      try {
        return await deployed.deploy(deployment, call);
      } finally {
        this.#coming.delete(deployment);
        if (!deployed.isDeployed) {
          this.#functions.delete(key);
          this.#keepLeaving(key, deployed);
        }
        if (deployed.isDeployed !== wasDeployed) this.#tell();
        await this.#sweep();
      }
    };
    return this.#turns.take(key, work, call.signal);
  }

  setTraffic(name: DeployedName, traffic: Traffic, call: DeployCall): Promise<DeployedFunction> {
    return this.#turns.take(keyOf(name), () => this.#require(name).setTraffic(traffic, call), call.signal);
  }

  async describe(name: DeployedName, { signal }: { readonly signal: AbortSignal }) {
    signal.throwIfAborted();
    return this.#find(name)?.describe();
  }

  async list(project: string, { signal }: { readonly signal: AbortSignal }): Promise<readonly DeployedFunction[]> {
    signal.throwIfAborted();
    return this.#deployed()
      .filter(({ name }) => name.project === project)
      .map((each) => each.describe())
      .toSorted((a, b) => (a.label < b.label ? -1 : 1));
  }

  async *logs(request: LogsRequest, { signal }: { readonly signal: AbortSignal }): AsyncGenerator<DeployedLine> {
    yield* this.#require(request).lines.read(request, signal);
  }

  async remove(name: DeployedName, { signal }: DeployCall): Promise<void> {
    const key = keyOf(name);
    const work = async (): Promise<void> => {
      const removed = this.#functions.get(key);
      if (removed === undefined) return;
      await this.#desired.remove(removed.name);
      this.#functions.delete(key);
      this.#keepLeaving(key, removed);
      this.#tell();
    };
    await this.#turns.take(key, work, signal);
    await unlessAborted(this.#leaving.get(key) ?? Promise.resolve(), signal);
    await this.#sweep();
  }

  watch(listener: (names: readonly DeployedName[]) => void): () => void {
    this.#watchers.add(listener);
    listener(this.#names());
    return () => this.#watchers.delete(listener);
  }

  /** Has all calls finished and ends all that runs; what is deployed is so again with the next deployer of the folder. */
  close(): Promise<void> {
    return this.#stack.close();
  }

  async #wake(name: DeployedName, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    await this.#require(name).wake(signal);
  }

  #find(name: DeployedName): LocalFunction | undefined {
    const found = this.#functions.get(keyOf(name));
    return found?.isDeployed === true ? found : undefined;
  }

  #require(name: DeployedName): LocalFunction {
    const found = this.#find(name);
    if (found === undefined) throw new DeployError("not_found", `"${name.label}" is not deployed; deploy it first`);
    return found;
  }

  #deployed(): readonly LocalFunction[] {
    return [...this.#functions.values()].filter(({ isDeployed }) => isDeployed);
  }

  #names(): readonly DeployedName[] {
    return this.#deployed().map(({ name }) => name);
  }

  #tell(): void {
    for (const watcher of this.#watchers) watcher(this.#names());
  }

  /** Remembers that a function finishes its calls, for whoever removes it again. */
  #keepLeaving(key: string, leaving: LocalFunction): void {
    const ended = this.#untilEnded(leaving, this.#leaving.get(key));
    this.#leaving.set(key, ended);
    void ended.then(() => this.#leaving.get(key) === ended && this.#leaving.delete(key));
  }

  async #untilEnded(leaving: LocalFunction, others: Promise<void> | undefined): Promise<void> {
    await Promise.all([leaving.stop(), others]);
  }

  /** Removes images that nothing deployed needs. */
  async #sweep(): Promise<void> {
    const digests = [...this.#functions.values()].flatMap((each) => each.digests);
    const coming = [...this.#coming].map(({ image }) => image.digest);
    try {
      await this.#options.instances.keepOnly([...digests, ...coming]);
    } catch (error) {
      this.#options.log.warn("images that nothing needs could not be removed; it is tried again", { error });
    }
  }
}

function checked({ project, label }: DeployedName): DeployedName {
  if (isName(project) && isName(label)) return { project, label };
  const text = `"${project}" and "${label}" have to be names of 1 to 64 letters, digits, _ or -`;
  throw new DeployError("invalid", text);
}

function keyOf({ project, label }: DeployedName): string {
  return `${project}/${label}`;
}
