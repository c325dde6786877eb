import { pause } from "../../mesh/pause.ts";
import { BackOff } from "./back-off.ts";
import {
  type StartedWorker,
  type StartWorkerOptions,
  type WorkerProcess,
  type WorkerSpec,
  spawnWorker,
} from "./worker-process.ts";

/** After this long the mesh goes on without a worker that has not joined it. */
const SETTLE_MS = 10_000;

/** Starts a script as a process of its own and starts it again, with back-off, whenever it ends by itself. */
export function superviseWorker(spec: WorkerSpec, options: StartWorkerOptions): StartedWorker {
  const { name } = spec;
  const { log } = options;
  const stopping = new AbortController();
  const isStopping = (): boolean => stopping.signal.aborted || options.signal.aborted;
  const backOff = new BackOff();
  let current: WorkerProcess = spawnWorker(spec, options);
  const settle = async (): Promise<void> => {
    if (await hasSettled(current, stopping.signal)) return;
    log.warn(`worker "${name}" did not join the mesh within ${SETTLE_MS / 1000} s; going on`);
  };
  const keepRunning = async (): Promise<void> => {
    for (;;) {
      backOff.started();
      const code = await current.exited;
      if (isStopping()) return;
      const restartMs = backOff.next();
      log.error(`worker "${name}" ended with code ${code}; starting it again in ${restartMs} ms`);
      await pause(restartMs, stopping.signal);
      if (isStopping()) return;
      current = spawnWorker(spec, options);
    }
  };
  const running = keepRunning();

  return {
    settled: settle(),
    close: async () => {
      stopping.abort();
      await current.stop();
      await running;
    },
  };
}

/** Whether the worker took calls, ended or was stopped before the time was up. */
async function hasSettled(worker: WorkerProcess, signal: AbortSignal): Promise<boolean> {
  const waiting = new AbortController();
  try {
    return await Promise.race([
      worker.up(new Set()).then(() => true),
      worker.exited.then(() => true),
      pause(SETTLE_MS, AbortSignal.any([signal, waiting.signal])).then(() => signal.aborted),
    ]);
  } finally {
    waiting.abort();
  }
}
