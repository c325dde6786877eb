import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { GatewayConfig } from "../../gateway/config.ts";
import type { Closable } from "../../mesh/lifecycle.ts";
import type { Log } from "../../mesh/log.ts";
import { humanLine } from "../console-log.ts";
import { Failure } from "../failure.ts";
import { onlyProject } from "./only-project.ts";
import type { StartedWorker, StartWorker, WorkerSpec } from "./worker-process.ts";

/** What the workers of a mesh need. */
export interface WorkersOptions {
  readonly configFile: string;
  readonly brokerUrl: string;
  readonly startWorker: StartWorker;
  /** Aborts when all shall stop. */
  readonly signal: AbortSignal;
  readonly log: Log;
  /** Receives what they write, the worker's name in front of each line. */
  readonly write: (line: string) => void;
}

/** The workers that a configuration lists: started, stopped and replaced as it changes. */
export class Workers implements Closable {
  readonly #options: WorkersOptions;
  /** By all that is known of them: a worker of which anything changes is another one. */
  readonly #running = new Map<string, StartedWorker>();
  #changing = Promise.resolve();
  #isClosed = false;

  /** @throws Failure when a script is missing. */
  constructor(config: GatewayConfig, options: WorkersOptions) {
    this.#options = options;
    const specs = workerSpecs(config, options);
    const missing = specs.find(({ script }) => !existsSync(script));
    if (missing !== undefined) {
      throw new Failure(`worker "${missing.name}" is not there: the configuration means ${missing.script}`);
    }
    for (const [key, spec] of keyed(specs)) this.#start(key, spec);
  }

  /** Resolves once each worker takes calls, or once it is clear that it will not soon. */
  async settled(): Promise<void> {
    await Promise.all([...this.#running.values()].map((worker) => worker.settled));
  }

  /** Starts what a configuration lists and does not run yet; then stops what it does not list any more. */
  follow(config: GatewayConfig): void {
    this.#changing = this.#changing
      .then(() => this.#follow(config))
      .catch((error: unknown) => this.#options.log.error("the workers could not be changed", { error }));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#running.values()].map((worker) => worker.close()));
    await this.#changing;
  }

  async #follow(config: GatewayConfig): Promise<void> {
    const wanted = keyed(workerSpecs(config, this.#options));
    const added: StartedWorker[] = [];
    for (const [key, spec] of wanted) {
      if (this.#isClosed || this.#options.signal.aborted) return;
      if (this.#running.has(key)) continue;
      if (existsSync(spec.script)) added.push(this.#start(key, spec));
      else this.#options.log.error(`worker "${spec.name}" is not there: the configuration means ${spec.script}`);
    }
    await Promise.all(added.map((worker) => worker.settled));
    const removed = [...this.#running].filter(([key]) => !wanted.has(key));
    for (const [key] of removed) this.#running.delete(key);
    await Promise.all(removed.map(([, worker]) => worker.close()));
    if (added.length + removed.length > 0) {
      this.#options.log.info(`workers: ${added.length} started, ${removed.length} stopped`);
    }
  }

  #start(key: string, spec: WorkerSpec): StartedWorker {
    const { startWorker, signal, log, write } = this.#options;
    const onLine = (line: string): void => {
      for (const part of humanLine(line).split("\n")) write(`${spec.name} │ ${part}`);
    };
    const worker = startWorker(spec, { signal, log, onLine });
    this.#running.set(key, worker);
    return worker;
  }
}

function workerSpecs(config: GatewayConfig, { configFile, brokerUrl }: WorkersOptions): WorkerSpec[] {
  const folder = dirname(configFile);
  const { project } = onlyProject(config);
  return config.workers.map(({ run, name = run, env }) => ({
    name,
    script: resolve(folder, run),
    folder,
    env: {
      NATS_URL: brokerUrl,
      ...(project !== undefined && { FMESH_PROJECT: project }),
      FMESH_SUPERVISED: "1",
      ...env,
    },
  }));
}

/** The same worker may be listed twice, to run twice. */
function keyed(specs: readonly WorkerSpec[]): Map<string, WorkerSpec> {
  const result = new Map<string, WorkerSpec>();
  for (const spec of specs) {
    const text = JSON.stringify(spec);
    let count = 1;
    while (result.has(`${text} ${count}`)) count++;
    result.set(`${text} ${count}`, spec);
  }
  return result;
}
