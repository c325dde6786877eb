import type { Closable } from "../../mesh/lifecycle.ts";
import type { Notice } from "./cloud-event.ts";

/** What became of a batch of notices. */
export interface Delivery {
  /** Sequences of those that whoever receives them has taken. */
  readonly confirmed: readonly number[];
  /** Why the others were not: to be logged, so without secrets. `undefined` when there are none. */
  readonly failure: Error | undefined;
}

/**
 * Where notices are told. Adapters: `rabbitmq.ts`, `nats-sink.ts`. Reconnects for ever; what it does not confirm it is
 * given again.
 */
export interface Sink extends Closable {
  /** For logs and metrics: `rabbitmq`. */
  readonly name: string;
  /**
   * Whether it takes all it is given or nothing, in order. Others get one notice of each event at a time, because one that is
   * sent again would come after those that followed on it.
   */
  readonly isWhole: boolean;
  /**
   * Sends notices in their order. Waits for those that were sent as long as the connection lives: a receiver may be slow,
   * and what was sent twice arrives twice. Never rejects.
   * @param signal stops waiting.
   */
  publish(notices: readonly Notice[], signal: AbortSignal): Promise<Delivery>;
}
