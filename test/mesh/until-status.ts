import type { Broker, BrokerStatus } from "../../mesh/broker.ts";

/** Resolves when a connection has that status. */
export function untilStatus(broker: Broker, wanted: BrokerStatus): Promise<void> {
  return new Promise((resolve) => {
    if (broker.status === wanted) {
      resolve();
      return;
    }
    const stop = broker.onStatus((status) => {
      if (status !== wanted) return;
      stop();
      resolve();
    });
  });
}
