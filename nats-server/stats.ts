/** What the server has done since it started. */
export interface Counters {
  messagesIn: number;
  messagesOut: number;
  /** As read from the clients. */
  bytesIn: number;
  /** Headers and payloads delivered. */
  bytesOut: number;
  /** Clients closed because they did not read what they were sent. */
  slowConsumers: number;
}

/** The counters, and what is there at the moment. */
export interface NatsServerStats extends Readonly<Counters> {
  readonly connections: number;
  readonly subscriptions: number;
}

/** Counters at their start. */
export function noCounts(): Counters {
  return { messagesIn: 0, messagesOut: 0, bytesIn: 0, bytesOut: 0, slowConsumers: 0 };
}
