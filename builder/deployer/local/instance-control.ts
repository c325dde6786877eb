import type { Broker, Subscription } from "../../../mesh/broker.ts";
import type { DeployedName } from "../../../mesh/deployment.ts";
import { MeshError } from "../../../mesh/errors.ts";
import { type InstanceReport, type InstanceRequest, parseInstanceReport } from "../../../mesh/instance-report.ts";
import type { Closable } from "../../../mesh/lifecycle.ts";
import { instanceSubject, instanceUpSubject } from "../../../mesh/subjects.ts";
import { pause } from "../../../mesh/pause.ts";

/** How long an instance may take to say how it does: longer than a handler ought to keep its thread. */
const ASK_MS = 1_000;

/** How often one is asked that has not said that it is up: the broker may have been away when it did. */
const ASK_AGAIN_MS = 500;

/** Talks to the instances of a function. */
export class InstanceControl implements Closable {
  readonly #broker: Broker;
  readonly #name: { readonly project: string; readonly service: string };
  readonly #subscription: Subscription;
  readonly #whenUp = new Map<string, (report: InstanceReport) => void>();

  /** @throws MeshError `broker_unavailable` */
  constructor(broker: Broker, { project, label }: DeployedName) {
    this.#broker = broker;
    this.#name = { project, service: label };
    const prefix = instanceUpSubject(this.#name).slice(0, -"*".length);
    this.#subscription = broker.subscribe(`${prefix}*`, {}, (message) => {
      this.#whenUp.get(message.subject.slice(prefix.length))?.(parseInstanceReport(message));
    });
  }

  /** Resolves when the broker knows that we listen. */
  ready(): Promise<void> {
    return this.#broker.flush();
  }

  /** Resolves when an instance takes calls; when the signal aborts it stays as it is. */
  untilUp(instance: string, signal: AbortSignal): Promise<InstanceReport> {
    return new Promise((resolve, reject) => {
      this.#whenUp.set(instance, resolve);
      signal.addEventListener("abort", () => this.#whenUp.delete(instance), { once: true });
      this.#askUntilUp(instance, signal).catch(reject);
    });
  }

  /**
   * Asks an instance how it does, and perhaps to change something.
   * @throws MeshError `worker_unavailable` when it is not in the mesh, `deadline_exceeded` when it says nothing.
   */
  async ask(instance: string, request: InstanceRequest = {}): Promise<InstanceReport> {
    const payload = new TextEncoder().encode(JSON.stringify(request));
    const subject = instanceSubject({ ...this.#name, instance });
    return parseInstanceReport(await this.#broker.request(subject, { payload, headers: {} }, { timeoutMs: ASK_MS }));
  }

  async close(): Promise<void> {
    if (this.#broker.status === "connected") await this.#subscription.drain();
  }

  async #askUntilUp(instance: string, signal: AbortSignal): Promise<void> {
    for (;;) {
      await pause(ASK_AGAIN_MS, signal);
      if (signal.aborted) return;
      const report = await this.ask(instance).catch((error: unknown) => {
        if (error instanceof MeshError) return undefined; // it is not up yet
        throw error;
      });
      if (report !== undefined) this.#whenUp.get(instance)?.(report);
    }
  }
}
