import type { Broker } from "../../../mesh/broker.ts";
import { MeshError } from "../../../mesh/errors.ts";
import type { Log } from "../../../mesh/log.ts";
import { pause } from "../../../mesh/pause.ts";
import type { LivePolicy } from "../../policy.ts";
import type { JoinedLine, WorkerAnswer, WorkerLine } from "../workers.ts";
import { type WantedService, admit } from "./admission.ts";
import { HandedCalls } from "./handed-calls.ts";
import type { WorkerBounds } from "./hub.ts";
import type { InstanceParts } from "./mesh-instance.ts";
import { Registration } from "./registration.ts";
import type { ServiceCalls } from "./service-calls.ts";

/** What lines have in common. */
export interface LineParts {
  readonly broker: Broker;
  readonly policy: LivePolicy;
  readonly log: Log;
  readonly bounds: WorkerBounds;
  readonly services: ServiceCalls;
}

/** How long the broker may take to confirm subscriptions. */
const CONFIRM_MS = 2000;

/** A worker's connection with its services. */
export class Line implements JoinedLine {
  readonly #parts: LineParts & InstanceParts;
  readonly #calls: HandedCalls;
  readonly #registrations = new Map<string, Registration>();
  readonly #onLeave: () => void;
  #pending = 0;
  #isOver = false;

  constructor(line: WorkerLine, parts: LineParts, onLeave: () => void) {
    this.#calls = new HandedCalls(line, parts.bounds.calls);
    this.#parts = { ...parts, calls: this.#calls };
    this.#onLeave = onLeave;
  }

  /** How many services it has. */
  get services(): number {
    return this.#registrations.size;
  }

  async register(wanted: Parameters<JoinedLine["register"]>[0]): Promise<void> {
    const { broker, policy, bounds } = this.#parts;
    const project = wanted.project ?? policy.current.onlyProject;
    if (project === undefined) {
      throw new MeshError("invalid_request", "there are several projects: say to which one the service belongs");
    }
    const asked: WantedService = { project, service: wanted.service, token: wanted.token };
    // Names hold no dot; what is no name is refused below.
    const key = `${project}.${wanted.service}`;
    if (this.#registrations.size + this.#pending >= bounds.services && !this.#registrations.has(key)) {
      const text = `a worker may serve ${bounds.services} services on one connection; open another one for more`;
      throw new MeshError("forbidden", text);
    }
    this.#pending++;
    let basis: string;
    try {
      basis = await admit(policy.current, asked);
    } finally {
      this.#pending--;
    }
    if (this.#isOver) throw new MeshError("cancelled", "the worker went away, or the gateway is closing");
    const registration = this.#registrations.get(key) ?? new Registration(asked, basis, this.#parts);
    this.#registrations.set(key, registration);
    registration.admitted(asked, basis);
    // The policy may have changed meanwhile.
    registration.checkAgain();
    await confirmed(broker);
  }

  answer(answer: WorkerAnswer): void {
    this.#calls.settle(answer);
  }

  leave(): void {
    if (this.#calls.hasLeft) return;
    const lost = this.#calls.leave();
    const left = { services: [...this.#registrations.keys()], calls: lost };
    if (lost > 0) this.#parts.log.warn("a worker went away with calls that it had not answered", left);
    else this.#parts.log.info("a worker went away", left);
    void this.drain();
    this.#onLeave();
  }

  /** Its services leave the mesh for good; resolves when the calls that it has are over. */
  async drain(): Promise<void> {
    this.#isOver = true;
    await Promise.all([...this.#registrations.values()].map((registration) => registration.leave()));
  }

  /** Joins the mesh with those services that are not in it. */
  enterMesh(): void {
    if (!this.#isOver) for (const registration of this.#registrations.values()) registration.enter();
  }

  /** The policy has changed. */
  checkAgain(): void {
    if (!this.#isOver) for (const registration of this.#registrations.values()) registration.checkAgain();
  }
}

/**
 * Whoever hears that it is registered finds itself called, if the broker is there and does not hang: clients do not wait for ever, and
 * end when they are not answered.
 */
async function confirmed(broker: Broker): Promise<void> {
  if (broker.status !== "connected") return;
  const over = new AbortController();
  // That the broker went away is said elsewhere; it gets its subscriptions when it is back.
  await Promise.race([broker.flush().catch(() => undefined), pause(CONFIRM_MS, over.signal)]);
  over.abort();
}
