import type { Broker, BrokerStatus } from "../../mesh/broker.ts";
import { CarriedBroker } from "../../mesh/broker/carried-broker.ts";
import type { BrokerLife } from "./broker-life.ts";

/** A connection to a broker that may be dead for a while: as with a real one, it is then "disconnected". */
export class MortalBroker extends CarriedBroker {
  readonly #inner: Broker;
  readonly #life: BrokerLife;
  readonly #unlisten: () => void;

  constructor(inner: Broker, life: BrokerLife) {
    super();
    this.#inner = inner;
    this.#life = life;
    this.#unlisten = life.onChange((isAlive) => this.tell(isAlive ? "connected" : "disconnected"));
  }

  get status(): BrokerStatus {
    return this.#inner.status === "connected" && !this.#life.isAlive ? "disconnected" : this.#inner.status;
  }

  get url(): string {
    return this.#inner.url;
  }

  get maxPayloadBytes(): number {
    return this.#inner.maxPayloadBytes;
  }

  async flush(): Promise<void> {
    this.reach();
    await this.#inner.flush();
  }

  async close(): Promise<void> {
    if (this.#inner.status === "closed") return;
    this.#unlisten();
    await this.#inner.close();
    this.tell("closed");
  }

  protected carrier(): Broker | undefined {
    return this.#life.isAlive ? this.#inner : undefined;
  }
}
