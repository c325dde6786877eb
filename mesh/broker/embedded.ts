import type { BrokerStatus } from "../broker.ts";
import { MeshError } from "../errors.ts";
import type { Log } from "../log.ts";
import { CarriedBroker } from "./carried-broker.ts";
import { Exchange } from "./exchange.ts";
import { type LocalBroker, LocalLink } from "./local-link.ts";

/** The broker port on a broker in this process: no socket, no protocol, and always connected until it is closed. */
export class EmbeddedBroker extends CarriedBroker {
  readonly url: string;
  readonly #local: LocalBroker;
  readonly #exchange: Exchange;
  #status: BrokerStatus = "connected";

  /** @param options.url where others reach the broker, without credentials. */
  constructor(local: LocalBroker, options: { readonly url: string; readonly log: Log }) {
    super();
    this.url = options.url;
    this.#local = local;
    this.#exchange = new Exchange(new LocalLink(local), options.log);
  }

  get status(): BrokerStatus {
    return this.#status;
  }

  get maxPayloadBytes(): number {
    return this.#local.maxPayloadBytes;
  }

  async flush(): Promise<void> {
    this.reach();
  }

  async close(): Promise<void> {
    if (this.#status === "closed") return;
    this.#status = "closed";
    this.#exchange.close(this.unavailable());
    this.#local.close();
    this.tell("closed");
  }

  protected carrier(): Exchange | undefined {
    return this.#status === "closed" ? undefined : this.#exchange;
  }

  protected override unavailable(): MeshError {
    return new MeshError("broker_unavailable", `the broker at ${this.url} is closed`);
  }
}
