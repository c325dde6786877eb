import type { LocalBroker, LocalMessage } from "../../mesh/broker/local-link.ts";
import type { BrokerLife } from "./broker-life.ts";
import { Delays } from "./delays.ts";
import type { Fates } from "./fates.ts";
import type { FaultRecord } from "./history.ts";
import type { MessageNames } from "./message-names.ts";

/** What all links of one mesh share. */
export interface Disturbance {
  readonly names: MessageNames;
  readonly fates: Fates;
  readonly life: BrokerLife;
  readonly record: (entry: FaultRecord) => void;
  /** What happens at the first message to a subject: duplicates wait here for the answer. */
  readonly onAnswer: Map<string, () => void>;
}

/** A client's connection on which messages get lost, take their time or arrive twice. */
export class UnreliableLink implements LocalBroker {
  readonly #inner: LocalBroker;
  readonly #disturbance: Disturbance;
  readonly #delays = new Delays();
  readonly #unlisten: () => void;

  constructor(inner: LocalBroker, disturbance: Disturbance) {
    this.#inner = inner;
    this.#disturbance = disturbance;
    this.#unlisten = disturbance.life.onChange((isAlive) => {
      if (!isAlive) this.#delays.loseAll();
    });
  }

  get maxPayloadBytes(): number {
    return this.#inner.maxPayloadBytes;
  }

  publish(message: LocalMessage): void {
    const { names, fates, life, record, onAnswer } = this.#disturbance;
    const named = names.name(message);
    if (named === undefined) {
      this.#inner.publish(message);
      return;
    }
    const { name } = named;
    const { subject, replyTo } = message;
    onAnswer.get(subject)?.();
    onAnswer.delete(subject);
    life.countMessage();
    const loseWithBroker = (): void => record({ message: name, fate: "lost with the broker" });
    if (!life.isAlive) {
      loseWithBroker();
      return;
    }
    const { isLost, isDuplicated, delayMs } = fates.of(named);
    if (isLost) {
      record({ message: name, fate: "lost" });
      return;
    }
    if (delayMs > 0) record({ message: name, fate: "delayed", delayMs });
    const arrive = (): void => this.#inner.publish(message);
    this.#delays.send(subject, delayMs, { arrive, lose: loseWithBroker });
    if (!isDuplicated) return;
    // A worker knows a call again while it runs: only after its answer does it count as another.
    onAnswer.set(replyTo, () => {
      record({ message: name, fate: "duplicated" });
      this.#delays.send(subject, Math.max(1, delayMs), { arrive, lose: loseWithBroker });
    });
  }

  subscribe(...subscription: Parameters<LocalBroker["subscribe"]>): () => void {
    return this.#inner.subscribe(...subscription);
  }

  close(): void {
    this.#unlisten();
    this.#delays.loseAll();
    this.#inner.close();
  }
}
