import type { Log } from "../../mesh/log.ts";
import { STOP_GRACE_MS, type WorkerProcess } from "../up/worker-process.ts";

/** So many processes may finish their calls at once: one that never does, with every save, is a pile. */
const MOST = 8;
/** What has never taken a call has nothing to finish. */
const IDLE_GRACE_MS = 1_000;

/** Processes that have been replaced and finish their calls. */
export class Draining {
  readonly #name: string;
  readonly #log: Log;
  readonly #stops = new Map<WorkerProcess, Promise<void>>();

  constructor(name: string, log: Log) {
    this.#name = name;
    this.#log = log;
  }

  add(worker: WorkerProcess): void {
    const [oldest] = this.#stops.keys();
    if (oldest !== undefined && this.#stops.size >= MOST) {
      this.#log.warn(`${MOST} earlier processes of ${this.#name} still finish calls; the oldest is ended`);
      oldest.kill();
    }
    const stop = worker.stop(worker.services.size === 0 ? IDLE_GRACE_MS : STOP_GRACE_MS);
    this.#stops.set(
      worker,
      stop.finally(() => this.#stops.delete(worker)),
    );
  }

  async finished(): Promise<void> {
    while (this.#stops.size > 0) await Promise.all(this.#stops.values());
  }
}
