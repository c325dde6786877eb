import { MeshError } from "../../../mesh/errors.ts";
import { newUuid } from "../../../mesh/ids.ts";
import type { WorkerAnswer, WorkerLine, WorkerRequest } from "../workers.ts";

/** Thrown at calls whose worker has gone. Whether it has run them nobody knows. */
export class WorkerGone extends MeshError {
  constructor() {
    super("function_failed", "worker disconnected");
  }
}

/** The calls that a worker was handed and has not answered yet. */
export class HandedCalls {
  readonly #line: WorkerLine;
  readonly #most: number;
  readonly #waiting = new Map<string, PromiseWithResolvers<string | undefined>>();
  #taken = 0;
  #hasLeft = false;

  /** @param most calls that it takes at once. */
  constructor(line: WorkerLine, most: number) {
    this.#line = line;
    this.#most = most;
  }

  /** Whether the worker has gone. */
  get hasLeft(): boolean {
    return this.#hasLeft;
  }

  /** Takes a place for a call that is on its way to the worker; `false` when there is none. */
  tryTake(): boolean {
    if (this.#taken >= this.#most) return false;
    this.#taken++;
    return true;
  }

  /** Gives the place back. */
  giveBack(): void {
    this.#taken--;
  }

  /**
   * Hands a call over and waits for its answer, at most until the signal fires.
   *
   * @returns JSON text of the result; `undefined` when the function returned nothing.
   * @throws MeshError `function_failed` with the worker's text; `overloaded`, `worker_unavailable` when it was not handed over;
   *   {@link WorkerGone}; rejects with the signal's reason.
   */
  async ask(request: Omit<WorkerRequest, "id">, signal: AbortSignal): Promise<string | undefined> {
    signal.throwIfAborted();
    if (this.#hasLeft) throw notHandedOver();
    const id = newUuid();
    const answer = Promise.withResolvers<string | undefined>();
    const giveUp = (): void => answer.reject(signal.reason);
    this.#waiting.set(id, answer);
    try {
      // A line that is gone may say so by leaving, which ends all that wait.
      if (!this.#line.ask({ ...request, id })) throw this.#hasLeft ? notHandedOver() : overloaded();
      signal.addEventListener("abort", giveUp, { once: true });
      return await answer.promise;
    } finally {
      this.#waiting.delete(id);
      signal.removeEventListener("abort", giveUp);
    }
  }

  /** Settles a call; one that is not of this worker, or settled, is ignored. */
  settle({ id, params, error }: WorkerAnswer): void {
    const waiting = this.#waiting.get(id);
    if (error === undefined || error === "") waiting?.resolve(params);
    else waiting?.reject(new MeshError("function_failed", error));
  }

  /** The worker is gone: returns how many calls went with it. */
  leave(): number {
    this.#hasLeft = true;
    const lost = [...this.#waiting.values()];
    for (const { promise, reject } of lost) {
      // Nobody waits for those that are being refused at this moment.
      promise.catch(() => undefined);
      reject(new WorkerGone());
    }
    return lost.length;
  }
}

/** Refuses a call for which the worker has no room. */
export function overloaded(): MeshError {
  return new MeshError("overloaded", "the worker does not keep up with its calls", { retryAfterSeconds: 1 });
}

function notHandedOver(): MeshError {
  return new MeshError("worker_unavailable", "the worker went away before it got the call", { retryAfterSeconds: 1 });
}
