import { realpathSync } from "node:fs";
import { relative } from "node:path";
import type { Log } from "../../mesh/log.ts";
import { pause } from "../../mesh/pause.ts";
import { BackOff } from "../up/back-off.ts";
import {
  type StartedWorker,
  type StartWorkerOptions,
  type WorkerProcess,
  type WorkerSpec,
  spawnWorker,
} from "../up/worker-process.ts";
import { Draining } from "./draining.ts";
import { isRoutine } from "./routine.ts";
import { type Change, SourceChanges } from "./source-changes.ts";

/** After this long one is told that new code is not up yet. It is not ended: it may have much to load. */
const SLOW_MS = 10_000;

/** What is too busy to leave in this time is not waited for. */
const LEAVE_MS = 2_000;

/** Runs a script and, whenever a file it consists of is saved, replaces its process by one with the new code. */
export function reloadWorker(spec: WorkerSpec, options: StartWorkerOptions): StartedWorker {
  const worker = new ReloadingWorker(spec, options);
  const running = worker.run();
  return {
    settled: worker.settled,
    close: async () => {
      worker.stop();
      await running;
      await worker.finishCalls();
    },
  };
}

class ReloadingWorker {
  readonly #spec: WorkerSpec;
  readonly #folder: string;
  readonly #allStops: AbortSignal;
  readonly #log: Log;
  readonly #onLine: (line: string) => void;
  readonly #changes: SourceChanges;
  readonly #draining: Draining;
  readonly #backOff = new BackOff();
  readonly #stopping = new AbortController();
  readonly #stopped = Promise.withResolvers<void>();
  readonly #settled = Promise.withResolvers<void>();
  /** The process that takes the calls. */
  #current: WorkerProcess | undefined;

  constructor(spec: WorkerSpec, { signal, log, onLine }: StartWorkerOptions) {
    this.#spec = { ...spec, env: { ...colors(), ...spec.env, FMESH_LOG_SOURCE: "1" } };
    this.#allStops = signal;
    this.#log = log;
    this.#onLine = onLine;
    // Imports are resolved to where files really are.
    this.#folder = realpathSync(spec.folder);
    this.#changes = new SourceChanges(realpathSync(spec.script), this.#folder, log);
    this.#draining = new Draining(spec.name, log);
  }

  get settled(): Promise<void> {
    return this.#settled.promise;
  }

  async run(): Promise<void> {
    await this.#changes.start();
    while (!this.#stopping.signal.aborted) {
      const change = this.#changes.take();
      if (this.#changes.isThere) await this.#replace(change);
      else this.#log.warn(`${this.#spec.name} is not there any more; what runs of it goes on until it is saved again`);
      this.#settled.resolve();
      await this.#untilNextStart();
    }
  }

  /** Ends `run()`. */
  stop(): void {
    this.#stopping.abort();
    this.#stopped.resolve();
    this.#settled.resolve();
    this.#changes.close();
  }

  /** Stops the processes that `run()` has left. */
  async finishCalls(): Promise<void> {
    if (this.#current !== undefined) this.#draining.add(this.#current);
    await this.#draining.finished();
  }

  /** Starts a process with the code as it is now. Once it takes calls, the one before is let go. */
  async #replace(change: Change | undefined): Promise<void> {
    const { name } = this.#spec;
    const previous = this.#current;
    const candidate = this.#spawn();
    this.#backOff.started();
    const slow = setTimeout(() => this.#sayItIsSlow(), SLOW_MS);
    const outcome = await Promise.race([
      candidate.up(previous?.services ?? new Set()).then(() => "up" as const),
      candidate.exited,
      this.#changes.changed.then(() => "outdated" as const),
      this.#stopped.promise.then(() => "outdated" as const),
    ]);
    clearTimeout(slow);

    if (outcome === "outdated" || (outcome === "up" && this.#stopping.signal.aborted)) {
      this.#draining.add(candidate);
    } else if (outcome === "up") {
      this.#current = candidate;
      if (previous !== undefined) await this.#letGo(previous);
      this.#log.info(`${name} ${this.#howItCameUp(change, candidate)}`);
    } else if (!this.#allStops.aborted) {
      const why = outcome === 0 ? "ends without starting a service" : `does not start (exit code ${outcome})`;
      const then = previous === undefined ? "mend and save it" : "the code from before goes on; mend and save it";
      this.#log.error(`${name} ${why}: ${then}`);
    }
  }

  /** Resolves once new calls go to the new code alone. */
  async #letGo(previous: WorkerProcess): Promise<void> {
    this.#draining.add(previous);
    const waiting = new AbortController();
    await Promise.race([previous.left, pause(LEAVE_MS, AbortSignal.any([waiting.signal, this.#stopping.signal]))]);
    waiting.abort();
  }

  #spawn(): WorkerProcess {
    return spawnWorker(this.#spec, {
      log: this.#log,
      onLine: (line) => {
        if (!isRoutine(line)) this.#onLine(line);
      },
      // Even what does not listen any more, because it runs in circles, must not outlive us.
      bunOptions: ["--no-orphans"],
    });
  }

  #howItCameUp(change: Change | undefined, { services }: WorkerProcess): string {
    if (change === undefined) return `is up: ${[...services].join(", ")}`;
    const files = change.files.map((file) => relative(this.#folder, file)).join(", ");
    return `reloaded in ${Math.round(performance.now() - change.noticedAtMs)} ms (${files})`;
  }

  #sayItIsSlow(): void {
    const then = this.#current === undefined ? "" : "; the code from before goes on";
    this.#log.warn(`${this.#spec.name} takes no calls after ${SLOW_MS / 1000} s; still waiting${then}`);
    this.#settled.resolve();
  }

  /** Resolves when files are saved, when the worker ended by itself and has rested for a while, or when all stops. */
  async #untilNextStart(): Promise<void> {
    const changedOrStopped = Promise.race([this.#changes.changed, this.#stopped.promise]);
    const code = await Promise.race([changedOrStopped, ...(this.#current === undefined ? [] : [this.#current.exited])]);
    if (code === undefined || this.#stopping.signal.aborted) return;
    if (this.#allStops.aborted) return this.#stopped.promise;
    this.#current = undefined;
    const restartMs = this.#backOff.next();
    this.#log.error(`${this.#spec.name} ended with code ${code}; starting it again in ${restartMs} ms`);
    const waiting = new AbortController();
    await Promise.race([changedOrStopped, pause(restartMs, waiting.signal)]);
    waiting.abort();
  }
}

/** The worker writes to a pipe; what it writes ends at our terminal. */
function colors(): { FORCE_COLOR?: string } {
  const { NO_COLOR = "" } = process.env;
  return process.stdout.isTTY && NO_COLOR === "" ? { FORCE_COLOR: "1" } : {};
}
