import type { Broker, Subscription } from "../../../mesh/broker.ts";

/**
 * Gives up subscriptions; resolves when the broker has confirmed. While it is away nobody does, and a connection that comes back does
 * not bring them along.
 */
export async function giveUp(broker: Broker, subscriptions: readonly Subscription[]): Promise<void> {
  const confirmed = Promise.allSettled(subscriptions.map((subscription) => subscription.drain()));
  if (broker.status === "connected") await confirmed;
}
