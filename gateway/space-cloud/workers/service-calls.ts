import type { Broker } from "../../../mesh/broker.ts";
import type { MeshError } from "../../../mesh/errors.ts";
import { InFlight } from "../../../mesh/in-flight.ts";
import { giveUp } from "./give-up.ts";

/** What the calls of one service have in common, whichever of the gateway's workers has them. */
interface Shared {
  readonly inFlight: InFlight;
  readonly stop: () => Promise<void>;
  users: number;
}

/** The calls of each service that workers of this gateway hold: callers give them up and ask for them at one place. */
export class ServiceCalls {
  readonly #broker: Broker;
  readonly #services = new Map<string, Shared>();

  constructor(broker: Broker) {
    this.#broker = broker;
  }

  /**
   * The calls of a service, for somebody who takes such calls until he releases them.
   * @throws MeshError `broker_unavailable`.
   */
  open(of: { readonly project: string; readonly service: string }): { inFlight: InFlight; release(): Promise<void> } {
    const key = `${of.project}.${of.service}`;
    const shared = this.#services.get(key) ?? this.#listen(of);
    this.#services.set(key, shared);
    shared.users++;
    return {
      inFlight: shared.inFlight,
      release: async () => {
        if (--shared.users > 0) return;
        this.#services.delete(key);
        await shared.stop();
      },
    };
  }

  /** Tells all of them that nobody waits any more. */
  endAll(reason: MeshError): void {
    for (const { inFlight } of this.#services.values()) inFlight.endAll(reason);
  }

  #listen(of: { readonly project: string; readonly service: string }): Shared {
    const inFlight = new InFlight();
    const hearing = inFlight.listen(this.#broker, of);
    return { inFlight, stop: () => giveUp(this.#broker, hearing), users: 0 };
  }
}
