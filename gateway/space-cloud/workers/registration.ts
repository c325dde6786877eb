import { MeshError } from "../../../mesh/errors.ts";
import { type WantedService, admit } from "./admission.ts";
import { type InstanceParts, type MeshInstance, enterMesh } from "./mesh-instance.ts";

/** One service of one worker, which the policy has let in. */
export class Registration {
  readonly #parts: InstanceParts;
  #wanted: WantedService;
  #basis: string;
  #isAllowed = true;
  #hasLeft = false;
  #instance: MeshInstance | undefined;
  /** Settles when what it left before has no calls any more. */
  #leaving: Promise<void> = Promise.resolve();

  constructor(wanted: WantedService, basis: string, parts: InstanceParts) {
    this.#wanted = wanted;
    this.#basis = basis;
    this.#parts = parts;
  }

  /** The worker was let in, perhaps once more and by another token. */
  admitted(wanted: WantedService, basis: string): void {
    this.#wanted = wanted;
    this.#basis = basis;
    this.#isAllowed = true;
    this.enter();
  }

  /** Joins the mesh, if it may and has not. While the broker is away it waits for the next time. */
  enter(): void {
    const { broker, log } = this.#parts;
    const { project, service } = this.#wanted;
    if (this.#hasLeft || !this.#isAllowed || this.#instance !== undefined || broker.status !== "connected") return;
    this.#instance = enterMesh({ project, service }, this.#parts);
    log.info("a worker serves through this gateway", { project, service });
  }

  /** Leaves the mesh for good; resolves when its calls are over. */
  async leave(): Promise<void> {
    this.#hasLeft = true;
    this.#leaveMesh();
    await this.#leaving;
  }

  /** Asks the policy again, if what decides is no longer the same. */
  checkAgain(): void {
    const policy = this.#parts.policy.current;
    const basis = policy.project(this.#wanted.project)?.registration.basis;
    if (basis === this.#basis) return;
    admit(policy, this.#wanted).then(
      (by) => this.#decide(policy, by),
      (error: unknown) => this.#decide(policy, basis ?? "", MeshError.from(error)),
    );
  }

  #decide(policy: unknown, basis: string, refusal?: MeshError): void {
    const { log } = this.#parts;
    const { project, service } = this.#wanted;
    // Another one is in force by now, about which it is asked anew.
    if (this.#hasLeft || policy !== this.#parts.policy.current) return;
    if (refusal?.code === "internal") {
      log.error("it cannot be decided whether a worker may stay; it stays", { project, service, error: refusal });
      return;
    }
    this.#basis = basis;
    this.#isAllowed = refusal === undefined;
    if (refusal === undefined) return this.enter();
    if (this.#instance !== undefined) {
      log.warn("a worker may no longer serve through this gateway", { project, service, reason: refusal.message });
    }
    this.#leaveMesh();
  }

  #leaveMesh(): void {
    const instance = this.#instance;
    this.#instance = undefined;
    if (instance !== undefined) this.#leaving = Promise.all([this.#leaving, instance.leave()]).then(() => undefined);
  }
}
