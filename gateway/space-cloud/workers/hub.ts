import type { Broker } from "../../../mesh/broker.ts";
import { MeshError } from "../../../mesh/errors.ts";
import type { Closable } from "../../../mesh/lifecycle.ts";
import type { Log } from "../../../mesh/log.ts";
import type { LivePolicy } from "../../policy.ts";
import type { JoinedLine, WorkerHub, WorkerLine } from "../workers.ts";
import { Line, type LineParts } from "./line.ts";
import { ServiceCalls } from "./service-calls.ts";

/** What a {@link MeshWorkerHub} works with. */
export interface WorkerHubParts {
  readonly broker: Broker;
  readonly policy: LivePolicy;
  readonly log: Log;
  readonly bounds?: Partial<WorkerBounds>;
}

/** How much one worker may take on. */
export interface WorkerBounds {
  /** Services on one line. Default 100. */
  readonly services: number;
  /** Calls that it has not answered. Default 1000. */
  readonly calls: number;
}

const BOUNDS: WorkerBounds = { services: 100, calls: 1000 };

/**
 * Serves functions of workers that connect to the gateway: in the mesh each (worker, service) is an instance like any other.
 * What the policy decides about a registration is decided again when that changes: a right that is withdrawn takes the worker out
 * of the mesh, and one that is given back brings it in again, for as long as it is connected.
 */
export class MeshWorkerHub implements WorkerHub, Closable {
  readonly #parts: LineParts;
  readonly #lines = new Set<Line>();
  readonly #stop: readonly (() => void)[];
  #isClosing = false;

  constructor({ broker, policy, log, bounds }: WorkerHubParts) {
    this.#parts = { broker, policy, log, bounds: { ...BOUNDS, ...bounds }, services: new ServiceCalls(broker) };
    this.#stop = [
      policy.onChange(() => this.#lines.forEach((line) => line.checkAgain())),
      broker.onStatus((status) => {
        if (status === "connected") this.#lines.forEach((line) => line.enterMesh());
      }),
    ];
  }

  /** How many workers are connected. */
  get size(): number {
    return this.#lines.size;
  }

  /** How many services of workers there are, each worker's counted. */
  get registrations(): number {
    return [...this.#lines].reduce((sum, line) => sum + line.services, 0);
  }

  join(line: WorkerLine): JoinedLine {
    const joined = new Line(line, this.#parts, () => this.#lines.delete(joined));
    this.#lines.add(joined);
    if (this.#isClosing) void joined.drain();
    return joined;
  }

  /** Takes all workers out of the mesh; resolves when the calls that they have are over. */
  async drain(): Promise<void> {
    this.#isClosing = true;
    await Promise.all([...this.#lines].map((line) => line.drain()));
  }

  /** The same for what is left of them: calls that are not over fail. */
  async close(): Promise<void> {
    this.#isClosing = true;
    for (const stop of this.#stop) stop();
    const lines = [...this.#lines];
    for (const line of lines) line.leave();
    // What is left of them: answers that are read slowly.
    this.#parts.services.endAll(new MeshError("cancelled", "the gateway is closing"));
    await Promise.all(lines.map((line) => line.drain()));
  }
}
