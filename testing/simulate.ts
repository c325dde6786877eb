import type { Broker } from "../mesh/broker.ts";
import { EmbeddedBroker } from "../mesh/broker/embedded.ts";
import type { LocalBroker } from "../mesh/broker/local-link.ts";
import type { Log } from "../mesh/log.ts";
import { BrokerLife } from "./faults/broker-life.ts";
import { type FaultOptions, Fates } from "./faults/fates.ts";
import { type FaultRecord, historyText } from "./faults/history.ts";
import { MessageNames } from "./faults/message-names.ts";
import { MortalBroker } from "./faults/mortal-broker.ts";
import { type Disturbance, UnreliableLink } from "./faults/unreliable-link.ts";

/** Faults for one mesh. `String(faults)` is the seed and the history, to print when a test fails. */
export interface Faults {
  readonly seed: number;
  /** What was done so far, in the order in which it was done. */
  readonly history: readonly FaultRecord[];
  /** The broker dies: what is under way is lost, and calls fail at once with `broker_unavailable`. */
  killBroker(): void;
  /** It is back, and everybody connected to it as before. */
  reviveBroker(): void;
  toString(): string;
  /**
   * Puts the faults between a broker in this process and its clients; `testMesh` does so.
   * @throws TypeError the second time: which message is hit depends on those counted before.
   */
  disturb(server: { connect(): LocalBroker }): (log: Log) => Broker;
}

/**
 * Faults that are the same each time: a message's fate follows from the seed, its subject and how many came to that
 * subject before it, and from nothing else that goes on.
 *
 * @throws TypeError naming an option that is wrong.
 *
 * @example
 * const faults = simulate({ seed: 7, loss: 0.1, delayMs: [0, 20], duplicate: 0.1 });
 * await using mesh = await testMesh({ services: [shop], faults });
 */
export function simulate(options: FaultOptions): Faults {
  return new SimulatedFaults(options);
}

class SimulatedFaults implements Faults {
  readonly seed: number;
  readonly #history: FaultRecord[] = [];
  readonly #disturbance: Disturbance;
  #isInUse = false;

  constructor(options: FaultOptions) {
    this.seed = options.seed;
    const life = new BrokerLife(options.brokerDeath);
    const record = (entry: FaultRecord): void => void this.#history.push(entry);
    life.onChange((isAlive) => record({ message: "broker", fate: isAlive ? "revived" : "died" }));
    this.#disturbance = { names: new MessageNames(), fates: new Fates(options), life, record, onAnswer: new Map() };
  }

  get history(): readonly FaultRecord[] {
    return this.#history;
  }

  killBroker(): void {
    this.#disturbance.life.set(false);
  }

  reviveBroker(): void {
    this.#disturbance.life.set(true);
  }

  toString(): string {
    return historyText(this.seed, this.#history);
  }

  disturb(server: { connect(): LocalBroker }): (log: Log) => Broker {
    if (this.#isInUse) throw new TypeError("these faults belong to a mesh already; call simulate() for each mesh");
    this.#isInUse = true;
    return (log) => {
      const link = new UnreliableLink(server.connect(), this.#disturbance);
      return new MortalBroker(new EmbeddedBroker(link, { url: LOCAL_URL, log }), this.#disturbance.life);
    };
  }
}

/** How logs name a broker that has no address. */
export const LOCAL_URL = "memory:";
