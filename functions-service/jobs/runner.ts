import { MeshError } from "../../mesh/errors.ts";
import type { Job, JobKind } from "../../mesh/job.ts";
import type { Closable } from "../../mesh/lifecycle.ts";
import type { Log } from "../../mesh/log.ts";
import { pause } from "../../mesh/pause.ts";
import type { CallMesh } from "../ask-mesh.ts";
import type { JobOutcome, Store } from "../store.ts";
import type { JobWork } from "./job-work.ts";
import { ProgressLog } from "./progress-log.ts";
import { runBuild } from "./run-build.ts";
import { runDeploy } from "./run-deploy.ts";

/** What a project's jobs are run with. */
export interface JobRunnerOptions {
  readonly store: Pick<Store, "functions" | "jobs">;
  readonly project: string;
  readonly call: CallMesh;
  readonly log: Log;
  /** Jobs that run at once. Default: 4. */
  readonly atOnce?: number;
  /** How long a job stays with a process that says nothing, in milliseconds. Default: 10 000. */
  readonly leaseMs?: number;
  /** How often it is told how far a job is, in milliseconds. Default: 250. */
  readonly tellMs?: number;
}

/** Works off a project's jobs. */
export interface JobRunner extends Closable {
  /** There is a job. */
  wake(): void;
}

const AT_ONCE = 4;
const LEASE_MS = 10_000;
const TELL_MS = 250;

/** How often to look for jobs that other processes have left, in milliseconds. */
const POLL_MS = 2000;

/** How often a job is begun again when whoever did it went away. */
const ATTEMPTS = 3;

/** How each kind is done. */
const RUN: Readonly<Record<JobKind, (work: JobWork) => Promise<JobOutcome>>> = { build: runBuild, deploy: runDeploy };

/**
 * Runs what is queued, here or by any other process with the same store. A job whose process ends is run again by another: jobs
 * can be repeated. Closing gives jobs back that have not ended.
 */
export function startJobRunner(options: JobRunnerOptions): JobRunner {
  const { store, project, log, atOnce = AT_ONCE, leaseMs = LEASE_MS } = options;
  const holder = crypto.randomUUID();
  const stop = new AbortController();
  const running = new Set<Promise<void>>();
  let nap = new AbortController();

  const run = async (job: Job): Promise<void> => {
    try {
      await new JobRun(job, holder, { ...options, leaseMs }).run(stop.signal);
    } catch (error) {
      log.error("a job could not be run; it is tried again", { job: job.id, error });
    }
  };
  const takeAll = async (): Promise<void> => {
    while (running.size < atOnce && !stop.signal.aborted) {
      const job = await store.jobs.take(project, holder, leaseMs);
      if (job === undefined) return;
      const work = run(job).finally(() => {
        running.delete(work);
        nap.abort();
      });
      running.add(work);
    }
  };
  const loop = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      // Made before looking: what comes meanwhile wakes us again.
      nap = new AbortController();
      try {
        await takeAll();
      } catch (error) {
        log.error("jobs cannot be read; it is tried again", { project, error });
      }
      await pause(POLL_MS, AbortSignal.any([stop.signal, nap.signal]));
    }
    await Promise.all(running);
  };
  const looping = loop();
  return {
    wake: () => nap.abort(),
    close() {
      stop.abort();
      return looping;
    },
  };
}

/** One job at work. */
class JobRun {
  readonly #job: Job;
  readonly #holder: string;
  readonly #options: JobRunnerOptions & { readonly leaseMs: number };
  readonly #progress = new ProgressLog();

  constructor(job: Job, holder: string, options: JobRunnerOptions & { readonly leaseMs: number }) {
    this.#job = job;
    this.#holder = holder;
    this.#options = options;
  }

  async run(stop: AbortSignal): Promise<void> {
    const { jobs } = this.#options.store;
    const over = new AbortController();
    const signal = AbortSignal.any([stop, over.signal]);
    const telling = this.#tell(over);
    const outcome = await this.#work(signal);
    const isLost = over.signal.aborted;
    over.abort();
    await telling;
    if (isLost) return;
    // Whoever takes it next begins at once instead of waiting for us.
    if (stop.aborted) await jobs.hold(this.#job.id, this.#holder, { forMs: -1, progress: this.#progress.current() });
    else await jobs.end(this.#job.id, this.#holder, outcome, this.#progress.current());
  }

  /** Keeps the job and shows how far it is, until it is over or somebody else's. */
  async #tell(over: AbortController): Promise<void> {
    const { store, leaseMs, log, tellMs = TELL_MS } = this.#options;
    const { signal } = over;
    for (await pause(tellMs, signal); !signal.aborted; await pause(tellMs, signal)) {
      try {
        const held = { forMs: leaseMs, progress: this.#progress.current() };
        if (!(await store.jobs.hold(this.#job.id, this.#holder, held))) over.abort();
      } catch (error) {
        // The store may be back before the job is anybody else's.
        log.warn("it cannot be told how far a job is", { job: this.#job.id, error });
      }
    }
  }

  async #work(signal: AbortSignal): Promise<JobOutcome> {
    const { store, call } = this.#options;
    const job = this.#job;
    const keepImage: JobWork["keepImage"] = async (image) => {
      if (await store.jobs.keepImage(job.id, this.#holder, image)) return;
      throw new MeshError("cancelled", `job "${job.id}" was cancelled, or taken over`);
    };
    const work = { job, store, call, progress: this.#progress, signal, keepImage };
    for (let attempt = 1; ; attempt++) {
      try {
        return await RUN[job.kind](work);
      } catch (thrown) {
        const error = MeshError.from(thrown);
        if (signal.aborted) return { state: "cancelled" };
        const isWorthAnother = error.code === "worker_unavailable" || error.code === "overloaded";
        if (isWorthAnother && attempt < ATTEMPTS) await pause(1000 * attempt, signal);
        else return { state: "failed", error: asJobError(error) };
      }
    }
  }
}

function asJobError({ code, reason = code, message, issues }: MeshError) {
  return { code: reason, message, ...(issues !== undefined && { issues }) };
}
